import { splitDataset, type Dataset, type View } from "@fledge/data";
import type { Model, Phase } from "@fledge/training";
import type { Config } from "../config/schema.ts";
import { objectivesOf } from "./objectives.ts";
import { labellingView, trainView } from "./views.ts";

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
      const phase = {
        name: "pseudo-labelled",
        view: trainView(config),
        epochs: epochs.pseudoLabelled,
        objective: objectives.byTeacher(model.network),
        labeller: { model, mode: pseudoLabels.teacherMode, view: labellingView(config) },
      };
      if (pseudoLabels.heldOut === 0) return { ...phase, dataset: unlabelled };
      const share = { heldOut: pseudoLabels.heldOut };
      const { train, heldOut } = splitDataset(unlabelled, pseudoLabels.heldOutSeed, share);
      return { ...phase, dataset: train, heldOut };
    },
  };
}
