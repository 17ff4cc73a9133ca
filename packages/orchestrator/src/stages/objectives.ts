import type { Network } from "@fledge/resnet";
import {
  fixMatch,
  joint,
  labelsOf,
  mixedImages,
  pseudoLabelled,
  renderedImages,
  storedLabels,
  supervised,
  type ImageInput,
  type LabelRule,
  type LabelSource,
  type Objective,
} from "@fledge/training";
import type { Config } from "../config/schema.ts";
import { labellingView, trainView } from "./views.ts";

/** What becomes of the teacher's logits: in the paper, the most likely class of every image. */
export const labelRuleOf = ({ pseudoLabels: { targets, temperature, threshold } }: Config): LabelRule => ({
  targets,
  temperature,
  threshold,
});

/** "Pseudo labeling occurs directly before prediction time", or the batch brings labels that were made before. */
function labelsBy(config: Config, teacher: Network): LabelSource {
  const { made, teacherMode } = config.pseudoLabels;
  const rule = labelRuleOf(config);
  if (made !== "batch") return storedLabels(teacher.architecture.classes, rule);
  return labelsOf({ network: teacher, mode: teacherMode, view: labellingView(config) }, rule);
}

/** Labelled images as they are, or mixed in pairs. */
function labelledImages({ data, training: { mix } }: Config): ImageInput {
  const { kind, alpha, probability } = mix;
  if (kind === "off") return renderedImages(data.imageSize);
  return mixedImages(data.imageSize, { kind, alpha: alpha[kind], probability });
}

/** What the configured models are trained to do: phases train on it, and the list of programs tunes and checks it. */
export function objectivesOf(config: Config) {
  const { data, training, pseudoLabels, student, fixmatch } = config;
  const images = labelledImages(config);
  const pseudoSmoothing = pseudoLabels.labelSmoothing ?? training.labelSmoothing;
  const reduction = pseudoLabels.mean === "all" ? "mean_all" : "mean_kept";
  return {
    /** The true labels. */
    labelled: supervised(images, training),

    /** The teacher's labels: the teacher sees the whole bird, the student its crop. */
    byTeacher: (network: Network): Objective =>
      pseudoLabelled(labelsBy(config, network), data.imageSize, { labelSmoothing: pseudoSmoothing, reduction }),

    /** Both in every step: "1/n sum over the labeled images + 1/m sum over the unlabeled images". */
    joint: (network: Network): Objective =>
      joint(labelsBy(config, network), data.imageSize, {
        ...student,
        labelledImages: images,
        labelSmoothing: training.labelSmoothing,
        pseudoSmoothing,
        reduction,
        ratio: student.unlabelledWeight === "official" ? student.unlabelledPerLabelled : student.unlabelledWeight,
      }),

    /** The true labels, and of unlabelled images those that the model gives their weak views itself. */
    fixMatch: fixMatch(data.imageSize, {
      ...fixmatch,
      labelledImages: images,
      labelSmoothing: training.labelSmoothing,
      weakView: trainView(config),
    }),
  };
}
