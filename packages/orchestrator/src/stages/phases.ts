import { splitDataset, type Dataset, type View } from "@fledge/data";
import type { Model, Phase } from "@fledge/training";
import type { Config } from "../config/schema.ts";
import { checkChosen } from "./check-counts.ts";
import { withoutForeignLabels } from "./known-classes.ts";
import { labelRuleOf, objectivesOf } from "./objectives.ts";
import type { Session } from "./session.ts";
import { epochLabels, generationLabels } from "./stored-labels.ts";
import { labellingView } from "./views.ts";

/** The unlabelled images that students train on, and those that are held out to validate that. */
export function unlabelledParts({ pseudoLabels }: Config, unlabelled: Dataset): { train: Dataset; heldOut?: Dataset } {
  if (pseudoLabels.heldOut === 0) return { train: unlabelled };
  return splitDataset(unlabelled, pseudoLabels.heldOutSeed, { heldOut: pseudoLabels.heldOut });
}

/** The teacher of a generation's students. */
export interface Labeller {
  readonly model: Model;
  readonly generation: number;
}

/** What a student sees of its images. */
export interface StudentViews {
  readonly labelled: View;
  readonly unlabelled: View;
}

/** The kinds of epochs that the paper's models go through, and those of the joint objective. */
export function phasesOf(session: Session, unlabelled: Dataset) {
  const { config } = session;
  const { epochs, pseudoLabels, student } = config;
  const objectives = objectivesOf(config);
  const rule = labelRuleOf(config);

  /** Who labels, which images, and their labels, where these are made before the steps. */
  async function labelledBy({ model, generation }: Labeller, dataset: Dataset, view: View) {
    const labeller = { model, mode: pseudoLabels.teacherMode, view: labellingView(config) };
    if (pseudoLabels.made === "batch") return { labeller, dataset };
    if (pseudoLabels.made === "epoch") {
      const of = epochLabels(session, model, dataset, labeller.view ?? view);
      return { labeller, dataset, stored: { rule, of } };
    }
    const chosen = await generationLabels(session, generation, model, unlabelled, dataset);
    if (pseudoLabels.select !== null) checkChosen(config, chosen.dataset.samples.length);
    return { labeller, dataset: chosen.dataset, stored: { rule, of: () => Promise.resolve(chosen.labels) } };
  }

  /** Epochs on images with their true labels. */
  const labelled = (dataset: Dataset, view: View, count: number): Phase => {
    return { name: "labelled", dataset, view, epochs: count, objective: objectives.labelled };
  };

  /** Epochs on images that a teacher labels. */
  async function byTeacher(teacher: Labeller, view: View): Promise<Phase> {
    const phase = { name: "pseudo-labelled", view, epochs: epochs.pseudoLabelled };
    const objective = objectives.byTeacher(teacher.model.network);
    const { train, heldOut } = unlabelledParts(config, unlabelled);
    const validated = heldOut && { heldOut: withoutForeignLabels(heldOut, session.classes) };
    return { ...phase, objective, ...(await labelledBy(teacher, train, view)), ...validated };
  }

  /** Epochs whose every step takes labelled images and unlabelled ones beside. */
  async function together(teacher: Labeller, dataset: Dataset, views: StudentViews): Promise<Phase> {
    const { dataset: besideThem, ...labels } = await labelledBy(teacher, unlabelled, views.unlabelled);
    return {
      name: "joint",
      epochs: epochs.pseudoLabelled + epochs.labelled,
      dataset,
      view: views.labelled,
      objective: objectives.joint(teacher.model.network),
      beside: { dataset: besideThem, view: views.unlabelled },
      ...labels,
    };
  }

  return {
    labelled,

    /** Epochs of FixMatch: one is a pass over the unlabelled images, of which `views.unlabelled` is the strong view. */
    fixMatch: (dataset: Dataset, views: StudentViews): Phase => ({
      name: "fixmatch",
      epochs: epochs.pseudoLabelled + epochs.labelled,
      dataset,
      view: views.labelled,
      objective: objectives.fixMatch,
      beside: { dataset: unlabelled, view: views.unlabelled },
    }),

    /** "50 epochs for the pseudo labeled set and 50 to fine tune on the labeled set", or both together. */
    ofStudent: async (teacher: Labeller, dataset: Dataset, views: StudentViews): Promise<Phase[]> => {
      if (student.objective === "joint") return [await together(teacher, dataset, views)];
      return [await byTeacher(teacher, views.unlabelled), labelled(dataset, views.labelled, epochs.labelled)];
    },
  };
}
