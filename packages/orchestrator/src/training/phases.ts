import type { Dataset, View } from "@fledge/data";
import type { PhaseName } from "../run/records.ts";
import type { Model } from "./model.ts";

/** A stretch of epochs on one set of images with one source of labels. */
export interface Phase {
  readonly name: PhaseName;
  readonly epochs: number;
  readonly dataset: Dataset;
  readonly view: View;
  /** Labels every batch right before the step; absent where the data set's labels are used. */
  readonly teacher?: Labeller;
  /** Images that validate this phase against the teacher's labels, where the plan's own validation does not. */
  readonly heldOut?: Dataset;
}

/** A teacher and how it looks at the images that it labels. */
export interface Labeller {
  readonly model: Model;
  /** "eval": frozen. "train": on the batch's own statistics, as the author's code left it. */
  readonly mode: "eval" | "train";
  /** Its own view of the images; absent where it labels what the student sees. */
  readonly view?: View;
}

/** Epochs on images with their true labels. */
export const labelled = (dataset: Dataset, view: View, epochs: number): Phase => ({
  name: "labelled",
  epochs,
  dataset,
  view,
});

/** Epochs on images that the teacher labels. */
export const pseudoLabelled = (
  dataset: Dataset,
  view: View,
  epochs: number,
  teacher: Labeller,
  heldOut?: Dataset,
): Phase => ({
  name: "pseudo-labelled",
  epochs,
  dataset,
  view,
  teacher,
  ...(heldOut ? { heldOut } : {}),
});

/** The phase that an epoch, counted from 0 over all phases, falls into. */
export function phaseOf(phases: readonly Phase[], epoch: number): Phase {
  let first = 0;
  for (const phase of phases) {
    if (epoch < first + phase.epochs) return phase;
    first += phase.epochs;
  }
  throw new RangeError(`epoch ${epoch} is past the last of ${first}`);
}
