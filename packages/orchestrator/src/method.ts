import { splitDataset, type Dataset } from "@fledge/data";
import { evaluateOn, type Models } from "./training/evaluations.ts";
import type { Model } from "./training/model.ts";
import { labelled, pseudoLabelled, type Labeller, type Phase } from "./training/phases.ts";
import { pseudoLabel } from "./training/pseudo-label.ts";
import { schedulesOf } from "./config/schedules.ts";
import { reportedSplit } from "./training/split.ts";
import type { Session } from "./training/session.ts";
import { bestModel, train } from "./training/train.ts";
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
  const { epochs, pseudoLabels } = config;
  const clean = trainView(config);
  const noisy = randAugmented(clean, config);
  const shown = evaluationView(config);
  const noisyShown = randAugmented(shown, config);
  const robustnessShown = randAugmented(shown, config, config.evaluation.randAugmentOrder);
  const schedules = schedulesOf(config);

  // "In each run, the dataset follows a train-test-validation split of 70-20-10", fixed by its seed.
  const split = reportedSplit(config, data.labelled);
  const validation = { dataset: split.validation, view: shown };

  // "Pseudo labeling occurs directly before prediction time": the teacher sees the whole bird, the student its crop.
  const labellerOf = (model: Model): Labeller => ({
    model,
    mode: pseudoLabels.teacherMode,
    ...(pseudoLabels.view === "clean" ? { view: cleanView(config) } : {}),
  });
  const byTeacher = (teacher: Model): Phase => {
    const views = [clean, epochs.pseudoLabelled, labellerOf(teacher)] as const;
    if (pseudoLabels.heldOut === 0) return pseudoLabelled(data.unlabelled, ...views);
    const { train: kept, heldOut } = splitDataset(data.unlabelled, pseudoLabels.heldOutSeed, {
      heldOut: pseudoLabels.heldOut,
    });
    return pseudoLabelled(kept, ...views, heldOut);
  };

  return {
    /** "We train a teacher model on the standard cross entropy loss over the labeled examples." */
    trainTeacher: (): Promise<Model> =>
      train(session, {
        name: "teacher",
        phases: [labelled(split.train, clean, epochs.teacher)],
        schedule: schedules.teacher,
        validation,
        bestFrom: "every phase",
      }),

    /** "The teacher model that pseudo labeled images for the student [...] used a 70-30 train-validation split, but was otherwise not used." */
    async trainLabeller(teacher: Model): Promise<Model> {
      if (pseudoLabels.from === "teacher") {
        // In train mode labelling moves its running statistics: the reported teacher stays as it is.
        return pseudoLabels.teacherMode === "eval" ? teacher : bestModel(session, "teacher");
      }
      const own = splitDataset(data.labelled, pseudoLabels.splitSeed, { validation: pseudoLabels.validation });
      return train(session, {
        name: "labelling-teacher",
        phases: [labelled(own.train, clean, epochs.teacher)],
        schedule: schedules.labellingTeacher,
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
        schedule: schedules.students,
        validation,
        bestFrom: "every phase",
      }),

    /** "Only the labeled images are noised": those it trains on and those it is validated on. */
    trainNoisyStudent: (teacher: Model): Promise<Model> =>
      train(session, {
        name: "noisy-student",
        phases: [byTeacher(teacher), labelled(split.train, noisy, epochs.labelled)],
        schedule: schedules.students,
        validation: { dataset: split.validation, view: noisyShown },
        bestFrom: "last phase",
      }),

    /** "Test accuracies were computed by averaging across five different runs on the same test set": table 2. */
    evaluate: (models: Models): Promise<void> => evaluateOn(session, "target", models, split.test, shown),

    /** "To evaluate robustness to noise, I applied RandAugment to the labeled data": table 3. */
    evaluateRobustness: (models: Models): Promise<void> =>
      evaluateOn(session, "robustness", models, split.test, robustnessShown),
  };
}
