import { subset, type Dataset } from "@fledge/data";
import type { Selection } from "./filter-balance.ts";
import { labelsAt, type PseudoLabels } from "./pseudo-labels.ts";

/** A data set and what its images are taught, row by row. */
export interface PseudoLabelled {
  readonly dataset: Dataset;
  readonly labels: PseudoLabels;
}

/**
 * The chosen images, each as often as it is to be copied, with the labels for which they were chosen. Copies are samples
 * of their own, so that each is augmented in its own way. Soft targets stay what the teacher said.
 */
export function chosenImages({ dataset, labels }: PseudoLabelled, selection: Selection): PseudoLabelled {
  const { indices, copies, labels: taught } = selection;
  const repeat = (values: Int32Array): number[] =>
    [...values].flatMap((value, row) => Array.from({ length: copies[row]! }, () => value));
  const rows = repeat(indices);
  const classes = Int32Array.from(repeat(taught));
  const { confidences: surest, probabilities } = labelsAt(labels, rows);
  // An image may have been chosen for another class than its likeliest.
  const width = dataset.classes.length;
  const confidences = probabilities ? surest.map((_, row) => probabilities[row * width + classes[row]!]!) : surest;
  return {
    dataset: subset(dataset, rows, `${dataset.name}/chosen`),
    labels: { classes, confidences, probabilities },
  };
}
