import { wholeNumber } from "../options.mjs";
import { registerOverlap } from "./overlap.mjs";
import { registerVerify } from "./verify-dataset.mjs";

/** @param {import("commander").Command} program */
export function register(program) {
  const dataset = program.command("dataset").description("make and check data sets");
  dataset
    .command("make-demo <dir>")
    .description("draw a small CUB-like data set of invented birds in both years' layouts")
    .option("--seed <n>", "seed of every bird and scene", wholeNumber(0))
    .option("--species <n>", "number of species", wholeNumber(2))
    .action(async (folder, flags) => (await import("./dataset.ts")).drawDemoData(folder, flags));
  registerVerify(dataset);
  registerOverlap(dataset);
}
