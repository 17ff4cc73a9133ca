import { availableParallelism } from "node:os";
import { wholeNumber } from "../options.mjs";

/** Where the page goes where no place is named. */
export const defaultPage = "overlap.html";

/**
 * Adds `overlap` to the `dataset` command.
 * @param {import("commander").Command} dataset
 */
export function registerOverlap(dataset) {
  dataset
    .command("overlap <dir> [other-dir]")
    .description("find near-duplicates within a data set, or within and between two: re-encoded, scaled, mirrored, cut")
    .option("--page [file]", `write a page that shows the pairs, the most doubtful first (default: ${defaultPage})`)
    .option("--csv <file>", "write a row for every pair")
    .option("--json <file>", "write pairs, groups and images that cannot be read")
    .option("--workers <n>", "threads; 0 works on the main one", wholeNumber(0), Math.min(8, availableParallelism()))
    .action(async (first, second, flags) => (await import("./overlap.ts")).overlap(first, second, flags));
}
