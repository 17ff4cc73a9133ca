import type { Dataset, View } from "@fledge/data";
import type { Model } from "./model.ts";
import type { Objective } from "./objectives.ts";
import type { LabelRule, Teacher } from "./pseudo-labels/label-source.ts";
import type { PseudoLabels } from "./pseudo-labels/pseudo-labels.ts";

/** A stretch of epochs on one set of images towards one objective. */
export interface Phase {
  readonly name: string;
  readonly epochs: number;
  readonly dataset: Dataset;
  /** What the student sees of an image. */
  readonly view: View;
  readonly objective: Objective;
  /** The images without labels that the objective takes beside: an epoch is one pass over them. */
  readonly beside?: ImagesBeside;
  /** Labels of the pseudo-labelled images, made before an epoch; absent where a step makes them, or the data set has them. */
  readonly stored?: StoredLabels;
  /** Who labels the images; absent where the data set's labels are used. */
  readonly labeller?: Labeller;
  /** Images that validate this phase against the labeller's labels, where the plan's own validation does not. */
  readonly heldOut?: Dataset | undefined;
}

/** Images without labels, and what the student sees of them. */
export interface ImagesBeside {
  readonly dataset: Dataset;
  readonly view: View;
}

/** Labels that each batch brings with its images. */
export interface StoredLabels {
  readonly rule: LabelRule;
  /** Those of an epoch, a row for each sample of the pseudo-labelled data set. */
  of(epoch: number): Promise<PseudoLabels>;
}

/** The phase's teacher with its programs, for images that it labels outside a step. */
export interface Labeller extends Omit<Teacher, "network"> {
  readonly model: Model;
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

/** The batches of a pass over images: so many of each size, the last and smaller one by itself. */
export function batchesOfPass(images: number, batchSize: number): { readonly size: number; readonly count: number }[] {
  const full = { size: batchSize, count: Math.floor(images / batchSize) };
  return [full, { size: images % batchSize, count: 1 }].filter(({ size, count }) => size * count > 0);
}

/** How many steps each epoch of a training has, over all its phases; the last of an epoch may be on a smaller batch. */
export const stepsOfEpochs = (phases: readonly Phase[], batchSize: number): number[] =>
  phases.flatMap(({ epochs, dataset, beside, objective }) => {
    const images = beside
      ? Math.floor(beside.dataset.samples.length / objective.beside!.perImage)
      : dataset.samples.length;
    const steps = batchesOfPass(images, batchSize).reduce((sum, { count }) => sum + count, 0);
    return Array.from({ length: epochs }, () => steps);
  });
