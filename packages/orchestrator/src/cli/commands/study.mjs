import { availableParallelism } from "node:os";
import { wholeNumber, withAdapter, withExamples, withJson, withStudy, withTuning } from "../options.mjs";
import { registerJobs } from "./study-jobs.mjs";

/** @typedef {import("commander").Command} Command */

const load = () => import("./study.ts");

/**
 * Examples of each command below.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const examples = {
  run: ["fledge study run my-study.yaml --at-once 2"],
  plan: ["fledge study plan my-study.yaml --no-measure", "fledge study plan my-study.yaml --scale smoke --json"],
  report: ["fledge study report my-study.yaml", "fledge study report my-study.yaml --json > study.json"],
  submit: [
    "fledge study submit my-study.yaml --slurm --partition gpu --gpus 1 --time 4:00:00",
    "fledge study submit my-study.yaml --slurm --dry-run",
  ],
  status: ["fledge study status my-study.yaml --json"],
  node: ["fledge study node my-study.yaml runs/paper-1 --wait 600"],
  export: ["fledge study export my-study.yaml --snakemake --out Snakefile"],
  schema: ["fledge study schema > study.schema.json"],
};

/** @param {Command} program */
export function register(program) {
  const study = program.command("study").description("seeds and variants of settings, and what their accuracies claim");
  withExamples(study, [
    "fledge study plan packages/orchestrator/studies/limitations.yaml --scale smoke",
    "fledge study run packages/orchestrator/studies/limitations.yaml --scale smoke --at-once 2",
  ]);
  const run = withStudy(
    study.command("run <file>").description("run what a study lacks, then write its page and print its comparisons"),
  );
  withAdapter(withTuning(withJson(run, "what the runs hold, as report/study.json has it,")))
    .option(
      "--at-once <n>",
      `how many nodes run at once (default: 1; this machine has ${availableParallelism()} cores)`,
      wholeNumber(1),
    )
    .action(async (file, flags) => (await load()).run(file, flags));
  const plan = withStudy(
    study.command("plan <file>").description("the study's graph and its cost, before anything runs"),
  );
  withAdapter(withTuning(withJson(plan, "the plan")))
    .option("--no-measure", "count only: measure no step on this adapter")
    .action(async (file, flags) => (await import("../study-plan.ts")).planStudy(file, flags));
  const report = withStudy(
    study
      .command("report <file>")
      .description("write the study's page of what is there so far, and print its comparisons"),
  );
  withJson(report, "what the runs hold, as report/study.json has it,").action(async (file, flags) =>
    (await load()).report(file, flags),
  );
  registerJobs(study);
  study
    .command("schema")
    .description("the JSON schema of a study's file, for editors")
    .action(async () => (await load()).schema());
  for (const command of study.commands) withExamples(command, examples[command.name()] ?? []);
}
