import { availableParallelism } from "node:os";
import { wholeNumber, withAdapter, withExamples, withTuning } from "../options.mjs";

/** @typedef {import("commander").Command} Command */

const load = () => import("./study.ts");

/** @param {Command} command */
const withStudy = (command) =>
  command
    .option("--scale <name>", "one of the smaller or larger forms that the file names")
    .option("--study <dir>", "where its runs and its page are kept; studies/<name>-<scale> if not given");

/** @param {Command} program */
export function register(program) {
  const study = program.command("study").description("seeds and variants of settings, and what their accuracies claim");
  withExamples(study, [
    "fledge study plan packages/orchestrator/studies/limitations.yaml --scale smoke",
    "fledge study run packages/orchestrator/studies/limitations.yaml --scale smoke --at-once 2",
  ]);
  withAdapter(
    withTuning(withStudy(study.command("run <file>").description("run what a study lacks, then write its page"))),
  )
    .option(
      "--at-once <n>",
      `how many nodes run at once (default: 1; this machine has ${availableParallelism()} cores)`,
      wholeNumber(1),
    )
    .action(async (file, flags) => (await load()).run(file, flags));
  withStudy(study.command("plan <file>").description("the study's graph, before anything runs")).action(
    async (file, flags) => (await load()).plan(file, flags),
  );
  withStudy(study.command("status <file>").description("what of the study is done, begun and not begun")).action(
    async (file, flags) => (await load()).status(file, flags),
  );
  withStudy(study.command("report <file>").description("write the study's page of what is there so far")).action(
    async (file, flags) => (await load()).report(file, flags),
  );
  study
    .command("schema")
    .description("the JSON schema of a study's file, for editors")
    .action(async () => (await load()).schema());
}
