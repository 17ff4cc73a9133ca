import type { Dataset, ImageCache, RandAugmentOptions, View } from "@fledge/data";
import { evaluate, type Model } from "@fledge/training";
import { onlyOperation, type OperationRow } from "./magnitudes.ts";

/** How many of a teacher's predictions differ from those on the clean images. */
export interface Flips {
  readonly images: number;
  /** By operation and magnitude, in the rows' order. */
  readonly byOperation: ReadonlyMap<string, readonly number[]>;
  /** Under the training crop and mirroring alone: what the student's view does before RandAugment adds to it. */
  readonly byCrop: number;
}

export interface FlipOptions {
  readonly clean: View;
  readonly training: View;
  readonly randAugment: RandAugmentOptions & { readonly order: "before-crop" | "after-crop" };
  readonly seed: number;
  readonly batchSize: number;
  readonly workers: number;
  readonly cache: ImageCache;
}

const differing = (a: Int32Array, b: Int32Array): number =>
  a.reduce((sum, label, index) => sum + Number(label !== b[index]), 0);

/** Evaluations that `countFlips` makes. */
export const evaluationsOf = (rows: readonly OperationRow[]): number =>
  rows.reduce((sum, { magnitudes }) => sum + magnitudes.length, 2);

/** Lets a teacher predict a data set clean, cropped, and under every operation at every magnitude. @param onDone after each */
export async function countFlips(
  teacher: Model,
  dataset: Dataset,
  rows: readonly OperationRow[],
  { clean, training, randAugment, ...options }: FlipOptions,
  onDone: () => void,
): Promise<Flips> {
  const predict = async (view: View): Promise<Int32Array> => {
    const { classes } = await evaluate(teacher, { ...options, dataset, view, repeat: 0 });
    onDone();
    return classes;
  };
  const before = await predict(clean);
  const byCrop = differing(await predict(training), before);
  const byOperation = new Map<string, number[]>();
  for (const { name, magnitudes } of rows) {
    const flips: number[] = [];
    for (const magnitude of magnitudes) {
      const only = { ...onlyOperation(randAugment, name, magnitude), order: randAugment.order };
      flips.push(differing(await predict({ ...clean, randAugment: only }), before));
    }
    byOperation.set(name, flips);
  }
  return { images: dataset.samples.length, byOperation, byCrop };
}
