import type { Model } from "@fledge/training";
import { noisyStudentOf, type ModelName } from "../run/records.ts";
import type { Models } from "../stages/evaluate-models.ts";
import type { PaperData } from "../stages/paper-data.ts";
import { phasesOf, type Labeller } from "../stages/phases.ts";
import { pseudoLabel } from "../stages/pseudo-label.ts";
import type { Session } from "../stages/session.ts";
import { labellerSplit, reportedSplit } from "../stages/split.ts";
import { asTeacher, trainedModel, trainModel } from "../stages/train-model.ts";
import { evaluationView, randAugmented, trainView } from "../stages/views.ts";

/**
 * Noisy Student Lite, as section 3 of the paper tells it. With more than one generation it iterates as its section 7
 * proposes, "putting back the student as the teacher" (Xie et al. 2020, algorithm 1).
 */
export async function noisyStudentLite(session: Session, data: PaperData): Promise<Models> {
  const paper = stages(session, data);
  const teacher = await paper.trainTeacher();
  const labeller = await paper.trainLabeller(teacher);
  await paper.pseudoLabel(labeller);
  const student = await paper.trainStudent(labeller);
  const noisyStudent = await paper.trainNoisyStudent(labeller);
  return { teacher, student, ...(await paper.iterate(noisyStudent)) };
}

/** The stages of the paper one by one; each takes up what the run directory already holds of it. */
export function stages(session: Session, data: PaperData) {
  const { config } = session;
  const { epochs, pseudoLabels } = config;
  const clean = trainView(config);
  const noisy = randAugmented(clean, config);
  const shown = evaluationView(config);

  // "In each run, the dataset follows a train-test-validation split of 70-20-10", fixed by its seed.
  const split = reportedSplit(config, data.labelled);
  const validation = { dataset: split.validation, view: shown };

  const { labelled, ofStudent } = phasesOf(session, data.unlabelled);
  // "Only the labeled images are noised": the paper's limitation 2, unless the configuration lifts it.
  const unlabelledNoisy = config.student.noiseOnUnlabelled ? noisy : clean;

  /** A trained model as it labels: in train mode that moves its running statistics, and the reported one stays as it is. */
  const labelling = (name: ModelName, model: Model): Promise<Model> =>
    pseudoLabels.teacherMode === "eval"
      ? asTeacher(session, name, model)
      : trainedModel(session, name, "teacher").then((another) => another!);

  /** "Only the labeled images are noised": those it trains on and those it is validated on. */
  const trainNoisyStudent = async (teacher: Labeller): Promise<Model> =>
    trainModel(session, noisyStudentOf(teacher.generation), {
      phases: await ofStudent(teacher, split.train, { labelled: noisy, unlabelled: unlabelledNoisy }),
      validation: { dataset: split.validation, view: randAugmented(shown, config) },
      bestFrom: "last phase",
    });

  /** "Putting back the student as the teacher": the noisy student of the generation before, as it labels. */
  const putBack = async (student: Model, generation: number): Promise<Labeller> => ({
    model: await labelling(noisyStudentOf(generation - 1), student),
    generation,
  });

  /** "The teacher generates a pseudo label for each unlabeled image": all of them once, for the record. */
  const label = (teacher: Labeller): Promise<void> => pseudoLabel(session, teacher, data.unlabelled);

  return {
    /** "We train a teacher model on the standard cross entropy loss over the labeled examples." */
    trainTeacher: (): Promise<Model> =>
      trainModel(session, "teacher", {
        phases: [labelled(split.train, clean, epochs.teacher)],
        validation,
        bestFrom: "every phase",
      }),

    /** "The teacher model that pseudo labeled images for the student [...] used a 70-30 train-validation split, but was otherwise not used." */
    async trainLabeller(teacher: Model): Promise<Labeller> {
      if (pseudoLabels.from === "teacher") return { model: await labelling("teacher", teacher), generation: 1 };
      const own = labellerSplit(config, data.labelled);
      const labeller = await trainModel(session, "labelling-teacher", {
        phases: [labelled(own.train, clean, epochs.teacher)],
        validation: { dataset: own.validation, view: shown },
        bestFrom: "every phase",
      });
      return { model: await asTeacher(session, "labelling-teacher", labeller), generation: 1 };
    },

    pseudoLabel: label,

    /** "50 epochs for the pseudo labeled set and 50 to fine tune on the labeled set." */
    trainStudent: async (teacher: Labeller): Promise<Model> =>
      trainModel(session, "student", {
        phases: await ofStudent(teacher, split.train, { labelled: clean, unlabelled: clean }),
        validation,
        bestFrom: "every phase",
      }),

    trainNoisyStudent,
    putBack,

    /** The noisy students of all generations, each but the first taught by the one before. */
    async iterate(first: Model): Promise<Models> {
      const students: Model[] = [first];
      for (let generation = 2; generation <= config.generations.count; generation++) {
        const teacher = await putBack(students.at(-1)!, generation);
        await label(teacher);
        students.push(await trainNoisyStudent(teacher));
      }
      return Object.fromEntries(students.map((model, index) => [noisyStudentOf(index + 1), model]));
    },
  };
}
