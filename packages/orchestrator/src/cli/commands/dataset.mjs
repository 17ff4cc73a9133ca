import { wholeNumber, withExamples } from "../options.mjs";
import { registerOverlap } from "./overlap.mjs";
import { registerVerify } from "./verify-dataset.mjs";

/** @param {import("commander").Command} program */
export function register(program) {
  const dataset = program.command("dataset").description("make and check data sets");
  withExamples(dataset, [
    "fledge dataset make-demo demo-data",
    "fledge dataset verify --labelled demo-data/CUB_200_2010 --unlabelled demo-data/CUB_200_2011",
    "fledge dataset overlap demo-data/CUB_200_2010 demo-data/CUB_200_2011 --page",
  ]);
  const makeDemo = dataset
    .command("make-demo <dir>")
    .description("draw a small CUB-like data set of invented birds in both years' layouts")
    .option("--seed <n>", "seed of every bird and scene", wholeNumber(0))
    .option("--species <n>", "number of species", wholeNumber(2))
    .action(async (folder, flags) => (await import("./dataset.ts")).drawDemoData(folder, flags));
  withExamples(makeDemo, ["fledge dataset make-demo demo-data", "fledge dataset make-demo few --species 3 --seed 7"]);
  registerVerify(dataset);
  registerOverlap(dataset);
}
