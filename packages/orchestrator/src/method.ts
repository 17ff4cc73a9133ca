import { splitDataset, type Dataset } from "@fledge/data";
import { evaluateOn, type Models } from "./training/evaluations.ts";
import type { Model } from "./training/model.ts";
import { labelled, pseudoLabelled, type Phase } from "./training/phases.ts";
import { pseudoLabel } from "./training/pseudo-label.ts";
import type { Session } from "./training/session.ts";
import { train } from "./training/train.ts";
import { cleanView, evaluationView, randAugmented, trainView } from "./training/views.ts";

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
  const { epochs, split: cut, pseudoLabels } = config;
  const clean = trainView(config);
  const noisy = randAugmented(clean, config);
  const shown = evaluationView(config);
  const noisyShown = randAugmented(shown, config);

  // "In each run, the dataset follows a train-test-validation split of 70-20-10", fixed by its seed.
  const split = splitDataset(data.labelled, cut.seed, { validation: cut.validation, test: cut.test });
  const validation = { dataset: split.validation, view: shown };

  // "Pseudo labeling occurs directly before prediction time": the teacher sees the whole bird, the student its crop.
  const byTeacher = (teacher: Model): Phase =>
    pseudoLabelled(data.unlabelled, clean, epochs.pseudoLabelled, { model: teacher, view: cleanView(config) });

  return {
    /** "We train a teacher model on the standard cross entropy loss over the labeled examples." */
    trainTeacher: (): Promise<Model> =>
      train(session, {
        name: "teacher",
        phases: [labelled(split.train, clean, epochs.teacher)],
        validation,
        bestFrom: "every phase",
      }),

    /** "The teacher model that pseudo labeled images for the student [...] used a 70-30 train-validation split, but was otherwise not used." */
    async trainLabeller(teacher: Model): Promise<Model> {
      if (pseudoLabels.from === "teacher") return teacher;
      const own = splitDataset(data.labelled, pseudoLabels.splitSeed, { validation: pseudoLabels.validation });
      return train(session, {
        name: "labelling-teacher",
        phases: [labelled(own.train, clean, epochs.teacher)],
        validation: { dataset: own.validation, view: shown },
        bestFrom: "every phase",
      });
    },

    /** "The teacher generates a pseudo label for each unlabeled image": all of them once, for the record. */
    pseudoLabel: (teacher: Model): Promise<void> => pseudoLabel(session, teacher, data.unlabelled),

    /** "50 epochs for the pseudo labeled set and 50 to fine tune on the labeled set." */
    trainStudent: (teacher: Model): Promise<Model> =>
      train(session, {
        name: "student",
        phases: [byTeacher(teacher), labelled(split.train, clean, epochs.labelled)],
        validation,
        bestFrom: "every phase",
      }),

    /** "Only the labeled images are noised": those it trains on and those it is validated on. */
    trainNoisyStudent: (teacher: Model): Promise<Model> =>
      train(session, {
        name: "noisy-student",
        phases: [byTeacher(teacher), labelled(split.train, noisy, epochs.labelled)],
        validation: { dataset: split.validation, view: noisyShown },
        bestFrom: "last phase",
      }),

    /** "Test accuracies were computed by averaging across five different runs on the same test set": table 2. */
    evaluate: (models: Models): Promise<void> => evaluateOn(session, "target", models, split.test, shown),

    /** "To evaluate robustness to noise, I applied RandAugment to the labeled data": table 3. */
    evaluateRobustness: (models: Models): Promise<void> => evaluateOn(session, "robustness", models, split.test, noisyShown),
  };
}
