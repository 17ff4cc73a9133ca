import { DataError, findRepeats, type FindOptions, type ImagePlace, type Repeat } from "@fledge/data";
import type { Config } from "../config/schema.ts";
import type { PaperData } from "../stages/paper-data.ts";
import { reportedSplit } from "../stages/split.ts";
import type { RunDirectory } from "./run-directory.ts";

/** One line of `overlap.json`: an unlabelled image that was left out, and a test image that shows the same picture. */
interface LeftOut {
  readonly test: string;
  readonly unlabelled: string;
  /** How the two compare; null where they are repeats of a third image, and too different by themselves. */
  readonly match: Pick<Repeat, "sameBytes" | "mirrored" | "score" | "changed"> | null;
}

const testSet = 0;

const key = (first: ImagePlace, second: ImagePlace): string => `${first.index} ${second.index}`;

/**
 * Leaves out every unlabelled image that shows the same picture as a test image, directly or through other unlabelled
 * images (paper, section 7: "de-duplicating images"), and writes them to `overlap.json`. Throws DataError where an image
 * can no longer be decoded.
 */
export async function withoutTestOverlap(
  config: Config,
  data: PaperData,
  run: RunDirectory,
  onProgress?: FindOptions["onProgress"],
): Promise<{ readonly data: PaperData; readonly removed: number }> {
  const { test } = reportedSplit(config, data.labelled);
  const { unlabelled } = data;
  const { pairs, groups, unreadable } = await findRepeats([test, unlabelled], {
    workers: config.loader.workers,
    onProgress,
  });
  const [broken] = unreadable.flat();
  if (broken) throw new DataError({ file: broken.path }, broken.reason, "Resume the run once it can be read");
  const direct = new Map(
    pairs
      .filter(({ first, second }) => first.set !== second.set)
      .map(({ first, second, sameBytes, mirrored, score, changed }) => {
        return [key(first, second), { sameBytes, mirrored, score, changed }] as const;
      }),
  );
  const leftOut = groups.flatMap((group) => {
    const [tests, others] = [group.filter(({ set }) => set === testSet), group.filter(({ set }) => set !== testSet)];
    return others.flatMap((other) =>
      tests.map((shown): LeftOut => ({
        test: test.samples[shown.index]!.path,
        unlabelled: unlabelled.samples[other.index]!.path,
        match: direct.get(key(shown, other)) ?? null,
      })),
    );
  });
  await run.writeJson("overlap.json", leftOut);
  const removed = new Set(leftOut.map((pair) => pair.unlabelled));
  const samples = unlabelled.samples.filter(({ path }) => !removed.has(path));
  return { data: { ...data, unlabelled: { ...unlabelled, samples } }, removed: removed.size };
}
