import { splitDataset, type Dataset } from "@fledge/data";
import type { Config } from "../config/schema.ts";
import { usedLabels } from "./labelled-share.ts";

/**
 * The labelled images' split for the reported models: training, validation and test. Whoever needs to know which
 * images are test images asks here. Of the training images, those whose labels are used.
 */
export function reportedSplit(config: Config, labelled: Dataset): Record<"train" | "validation" | "test", Dataset> {
  const { seed, validation, test } = config.split;
  const { train, ...others } = splitDataset(labelled, seed, { validation, test });
  return { train: usedLabels(config, train), ...others };
}

/** The split of a teacher that labels and is otherwise not used: training and validation. */
export function labellerSplit(config: Config, labelled: Dataset): Record<"train" | "validation", Dataset> {
  const { splitSeed, validation } = config.pseudoLabels;
  const { train, ...others } = splitDataset(labelled, splitSeed, { validation });
  return { train: usedLabels(config, train), ...others };
}

/**
 * A data set whose images are repeated, in order, up to `count` of them: each repeat is a sample of its own, which is
 * augmented by its own draws.
 */
export const repeatedTo = (count: number, dataset: Dataset): Dataset => ({
  ...dataset,
  samples: Array.from({ length: count }, (_, index) => dataset.samples[index % dataset.samples.length]!),
});
