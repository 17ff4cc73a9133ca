import { withExamples, withJsonFile } from "../options.mjs";

/**
 * Adds `verify` to the `dataset` command.
 * @param {import("commander").Command} dataset
 */
export function registerVerify(dataset) {
  const command = dataset
    .command("verify")
    .description("check downloaded data sets: archives' hashes, counts, classes of both years, every image")
    .option("--labelled <path...>", "folder of CUB-200 (2010), or images.tgz and lists.tgz")
    .option("--unlabelled <path...>", "folder of CUB-200-2011, or CUB_200_2011.tgz")
    .option("--extract <dir>", "unpack sound archives into this folder");
  withExamples(command, [
    "fledge dataset verify --labelled data/CUB_200_2010 --unlabelled data/CUB_200_2011",
    "fledge dataset verify --labelled images.tgz lists.tgz --extract data",
  ]);
  withJsonFile(command, "the findings").action(async (flags) => (await import("./verify-dataset.ts")).verify(flags));
}
