import { splitDataset, type Dataset } from "@fledge/data";
import type { Model } from "@fledge/training";
import { evaluateModels, type Models } from "./stages/evaluate-models.ts";
import { phasesOf } from "./stages/phases.ts";
import { pseudoLabel } from "./stages/pseudo-label.ts";
import type { Session } from "./stages/session.ts";
import { reportedSplit } from "./stages/split.ts";
import { asTeacher, trainedModel, trainModel } from "./stages/train-model.ts";
import { evaluationView, randAugmented, trainView } from "./stages/views.ts";

/** The data of a reproduction: images with labels, and images whose labels only the teacher gives. */
export interface PaperData {
  readonly labelled: Dataset;
  readonly unlabelled: Dataset;
}

/** Noisy Student Lite from end to end, as sections 3 and 4 of the paper tell it; the run directory holds the results. */
export async function reproduce(session: Session, data: PaperData): Promise<void> {
  const paper = stages(session, data);
  const teacher = await paper.trainTeacher();
  const labeller = await paper.trainLabeller(teacher);
  await paper.pseudoLabel(labeller);
  const student = await paper.trainStudent(labeller);
  const noisyStudent = await paper.trainNoisyStudent(labeller);
  const models = { teacher, student, "noisy-student": noisyStudent };
  await paper.evaluate(models);
  await paper.evaluateRobustness(models);
}

/** The stages of the paper one by one; each takes up what the run directory already holds of it. */
export function stages(session: Session, data: PaperData) {
  const { config } = session;
  const { epochs, pseudoLabels } = config;
  const clean = trainView(config);
  const noisy = randAugmented(clean, config);
  const shown = evaluationView(config);
  const robustnessShown = randAugmented(shown, config, config.evaluation.randAugmentOrder);

  // "In each run, the dataset follows a train-test-validation split of 70-20-10", fixed by its seed.
  const split = reportedSplit(config, data.labelled);
  const validation = { dataset: split.validation, view: shown };

  const { labelled, byTeacher } = phasesOf(config, data.unlabelled);

  return {
    /** "We train a teacher model on the standard cross entropy loss over the labeled examples." */
    trainTeacher: (): Promise<Model> =>
      trainModel(session, "teacher", {
        phases: [labelled(split.train, clean, epochs.teacher)],
        validation,
        bestFrom: "every phase",
      }),

    /** "The teacher model that pseudo labeled images for the student [...] used a 70-30 train-validation split, but was otherwise not used." */
    async trainLabeller(teacher: Model): Promise<Model> {
      if (pseudoLabels.from === "teacher") {
        // In train mode labelling moves its running statistics: the reported teacher stays as it is.
        return pseudoLabels.teacherMode === "eval"
          ? asTeacher(session, "teacher", teacher)
          : (await trainedModel(session, "teacher", "teacher"))!;
      }
      const own = splitDataset(data.labelled, pseudoLabels.splitSeed, { validation: pseudoLabels.validation });
      const labeller = await trainModel(session, "labelling-teacher", {
        phases: [labelled(own.train, clean, epochs.teacher)],
        validation: { dataset: own.validation, view: shown },
        bestFrom: "every phase",
      });
      return asTeacher(session, "labelling-teacher", labeller);
    },

    /** "The teacher generates a pseudo label for each unlabeled image": all of them once, for the record. */
    pseudoLabel: (teacher: Model): Promise<void> => pseudoLabel(session, teacher, data.unlabelled),

    /** "50 epochs for the pseudo labeled set and 50 to fine tune on the labeled set." */
    trainStudent: (teacher: Model): Promise<Model> =>
      trainModel(session, "student", {
        phases: [byTeacher(teacher), labelled(split.train, clean, epochs.labelled)],
        validation,
        bestFrom: "every phase",
      }),

    /** "Only the labeled images are noised": those it trains on and those it is validated on. */
    trainNoisyStudent: (teacher: Model): Promise<Model> =>
      trainModel(session, "noisy-student", {
        phases: [byTeacher(teacher), labelled(split.train, noisy, epochs.labelled)],
        validation: { dataset: split.validation, view: randAugmented(shown, config) },
        bestFrom: "last phase",
      }),

    /** "Test accuracies were computed by averaging across five different runs on the same test set": table 2. */
    evaluate: (models: Models): Promise<void> => evaluateModels(session, "target", models, split.test, shown),

    /** "To evaluate robustness to noise, I applied RandAugment to the labeled data": table 3. */
    evaluateRobustness: (models: Models): Promise<void> =>
      evaluateModels(session, "robustness", models, split.test, robustnessShown),
  };
}
