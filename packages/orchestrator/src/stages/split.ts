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
