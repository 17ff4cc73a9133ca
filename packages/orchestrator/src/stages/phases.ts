import { splitDataset, type Dataset, type View } from "@fledge/data";
import { pseudoLabelled, renderedImages, supervised, type Model, type Phase } from "@fledge/training";
import type { Config } from "../config/schema.ts";
import { labellingView, trainView } from "./views.ts";

/** The two kinds of epochs that the paper's models go through. */
export function phasesOf(config: Config, unlabelled: Dataset) {
  const { data, training, epochs, pseudoLabels } = config;
  const objective = supervised(renderedImages(data.imageSize), training);
  return {
    /** Epochs on images with their true labels. */
    labelled: (dataset: Dataset, view: View, count: number): Phase => {
      return { name: "labelled", dataset, view, epochs: count, objective };
    },

    /** "Pseudo labeling occurs directly before prediction time": the teacher sees the whole bird, the student its crop. */
    byTeacher: (model: Model): Phase => {
      const labeller = { model, network: model.network, mode: pseudoLabels.teacherMode, view: labellingView(config) };
      const phase = {
        name: "pseudo-labelled",
        view: trainView(config),
        epochs: epochs.pseudoLabelled,
        objective: pseudoLabelled(labeller, data.imageSize, training),
        labeller,
      };
      if (pseudoLabels.heldOut === 0) return { ...phase, dataset: unlabelled };
      const share = { heldOut: pseudoLabels.heldOut };
      const { train, heldOut } = splitDataset(unlabelled, pseudoLabels.heldOutSeed, share);
      return { ...phase, dataset: train, heldOut };
    },
  };
}
