import type { Dataset, View } from "@fledge/data";
import type { Model } from "./model.ts";
import type { Objective } from "./objectives.ts";

/** A stretch of epochs on one set of images towards one objective. */
export interface Phase {
  readonly name: string;
  readonly epochs: number;
  readonly dataset: Dataset;
  /** What the student sees of an image. */
  readonly view: View;
  readonly objective: Objective;
  /** Who labels the images; absent where the data set's labels are used. */
  readonly labeller?: Labeller;
  /** Images that validate this phase against the labeller's labels, where the plan's own validation does not. */
  readonly heldOut?: Dataset | undefined;
}

/** A teacher with its programs, and how it looks at the images that it labels. */
export interface Labeller {
  readonly model: Model;
  /** "eval": frozen. "train": on the batch's own statistics, as the paper's author's code left it. */
  readonly mode: "eval" | "train";
  /** Its own view of the images; absent where it labels what the student sees. */
  readonly view?: View | undefined;
}

/** The phase that an epoch, counted from 0 over all phases, falls into. */
export function phaseOf(phases: readonly Phase[], epoch: number): Phase {
  let first = 0;
  for (const phase of phases) {
    if (epoch < first + phase.epochs) return phase;
    first += phase.epochs;
  }
  throw new RangeError(`epoch ${epoch} is past the last of ${first}`);
}
