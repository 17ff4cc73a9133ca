import { splitDataset, type Dataset } from "@fledge/data";
import type { Config } from "../config/schema.ts";

/**
 * The labelled images' split for the reported models: training, validation and test. Whoever needs to know which
 * images are test images asks here.
 */
export function reportedSplit(
  { split: { seed, validation, test } }: Config,
  labelled: Dataset,
): Record<"train" | "validation" | "test", Dataset> {
  return splitDataset(labelled, seed, { validation, test });
}

/**
 * A data set whose images are repeated, in order, up to `count` of them: each repeat is a sample of its own, which is
 * augmented by its own draws.
 */
export const repeatedTo = (count: number, dataset: Dataset): Dataset => ({
  ...dataset,
  samples: Array.from({ length: count }, (_, index) => dataset.samples[index % dataset.samples.length]!),
});
