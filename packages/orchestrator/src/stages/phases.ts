import { splitDataset, type Dataset, type View } from "@fledge/data";
import type { Model, Phase } from "@fledge/training";
import type { Config } from "../config/schema.ts";
import { objectivesOf } from "./objectives.ts";
import { labellingView, trainView } from "./views.ts";

/** The unlabelled images that students train on, and those that are held out to validate that. */
export function unlabelledParts({ pseudoLabels }: Config, unlabelled: Dataset): { train: Dataset; heldOut?: Dataset } {
  if (pseudoLabels.heldOut === 0) return { train: unlabelled };
  return splitDataset(unlabelled, pseudoLabels.heldOutSeed, { heldOut: pseudoLabels.heldOut });
}

/** The two kinds of epochs that the paper's models go through. */
export function phasesOf(config: Config, unlabelled: Dataset) {
  const { epochs, pseudoLabels } = config;
  const objectives = objectivesOf(config);
  return {
    /** Epochs on images with their true labels. */
    labelled: (dataset: Dataset, view: View, count: number): Phase => {
      return { name: "labelled", dataset, view, epochs: count, objective: objectives.labelled };
    },

    /** Epochs on images that a teacher labels. */
    byTeacher: (model: Model): Phase => {
      const { train, heldOut } = unlabelledParts(config, unlabelled);
      return {
        name: "pseudo-labelled",
        dataset: train,
        heldOut,
        view: trainView(config),
        epochs: epochs.pseudoLabelled,
        objective: objectives.byTeacher(model.network),
        labeller: { model, mode: pseudoLabels.teacherMode, view: labellingView(config) },
      };
    },
  };
}
