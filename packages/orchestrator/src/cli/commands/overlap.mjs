import { availableParallelism } from "node:os";
import { withExamples, withJsonFile, wholeNumber } from "../options.mjs";

/** Where the page goes where no place is named. */
export const defaultPage = "overlap.html";

/**
 * Adds `overlap` to the `dataset` command.
 * @param {import("commander").Command} dataset
 */
export function registerOverlap(dataset) {
  const command = dataset
    .command("overlap <dir> [other-dir]")
    .description("find near-duplicates within a data set, or within and between two: re-encoded, scaled, mirrored, cut")
    .option("--page [file]", `write a page that shows the pairs, the most doubtful first (default: ${defaultPage})`)
    .option("--csv <file>", "write a row for every pair")
    .option("--workers <n>", "threads; 0 works on the main one", wholeNumber(0), Math.min(8, availableParallelism()));
  withExamples(command, [
    "fledge dataset overlap photos --page",
    "fledge dataset overlap data/CUB_200_2010 data/CUB_200_2011 --csv pairs.csv",
  ]);
  withJsonFile(command, "pairs, groups and images that cannot be read").action(async (first, second, flags) =>
    (await import("./overlap.ts")).overlap(first, second, flags),
  );
}
