import { findOverlap } from "@fledge/data";
import type { Config } from "../config/schema.ts";
import type { PaperData } from "../stages/paper-data.ts";
import { reportedSplit } from "../stages/split.ts";
import type { RunDirectory } from "./run-directory.ts";

/**
 * Bits of 64 in which the hashes of two images of one picture may differ. On the demo data, whose repeats are known,
 * 5 finds 123 of 128 and 5 wrong ones; 4 finds 118 and 1, 6 finds 126 and 6.
 */
const maxDistance = 5;

/**
 * Leaves out the unlabelled images that show the same picture as a test image (paper, section 7: "de-duplicating
 * images"), and writes the pairs to `overlap.json`.
 */
export async function withoutTestOverlap(
  config: Config,
  data: PaperData,
  run: RunDirectory,
): Promise<{ readonly data: PaperData; readonly removed: number }> {
  const { test } = reportedSplit(config, data.labelled);
  const pairs = await findOverlap(test, data.unlabelled, maxDistance);
  const removed = new Set(pairs.map(({ second }) => second));
  const named = pairs.map(({ first, second, distance }) => ({
    test: test.samples[first]!.path,
    unlabelled: data.unlabelled.samples[second]!.path,
    distance,
  }));
  await run.writeJson("overlap.json", named);
  const samples = data.unlabelled.samples.filter((_, index) => !removed.has(index));
  return { data: { ...data, unlabelled: { ...data.unlabelled, samples } }, removed: removed.size };
}
