import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fewSeeds, studyJsonSchema } from "@fledge/study";
import type { Command } from "commander";
import { markdownTable } from "markdown-table";
import { presets } from "../../config/presets.ts";
import { environmentOf } from "../../run/environment.ts";
import { RunDirectory } from "../../run/run-directory.ts";
import { keepStudy } from "../../study/keep-study.ts";
import { isDone } from "../../study/node-state.ts";
import { assignmentsOf } from "../../study/node-facts.ts";
import { openStudy, type OpenStudy, type StudyPlace } from "../../study/open-study.ts";
import { runStudy } from "../../study/run-study.ts";
import { contentsOf, type RunLine } from "../../study/study-contents.ts";
import { writeStudy } from "../../study/write-study.ts";
import { findData } from "../data.ts";
import { log } from "../log.ts";
import { wholeNumber, withAdapter, withTuning, type AdapterFlags, type TuningFlags } from "../options.ts";
import { planStudy } from "../study-plan.ts";
import { ReportedFailure } from "../reported-failure.ts";
import { drawMissingDemoData } from "./dataset.ts";

type RunStudyFlags = StudyPlace & AdapterFlags & TuningFlags & { readonly atOnce?: number };

const withStudy = (command: Command): Command =>
  command
    .option("--scale <name>", "one of the smaller or larger forms that the file names")
    .option("--study <dir>", "where its runs and its page are kept; studies/<name>-<scale> if not given");

/** The flags that every command of a study gets. */
function passedOn({ adapter, power, software, tune }: AdapterFlags & TuningFlags): string[] {
  return [
    ...(adapter === undefined ? [] : ["--adapter", adapter]),
    ...(power === undefined ? [] : ["--power", power]),
    "--software",
    software,
    ...(tune ? [] : ["--no-tune"]),
  ];
}

async function runLine({ folder }: OpenStudy, node: OpenStudy["nodes"][number]): Promise<RunLine> {
  const path = join(folder, node.id);
  const done = await isDone(node, path);
  const environment = await RunDirectory.open(path)
    .then(environmentOf)
    .catch(() => undefined);
  const state = done ? "done" : environment ? "begun" : "not begun";
  return { id: node.id, state, commit: environment?.commit ?? "", adapter: environment?.adapter.name ?? "" };
}

/** Writes the page of what is there so far, and prints its comparisons. */
async function reportStudy(open: OpenStudy): Promise<void> {
  const runs = await Promise.all(open.nodes.map((node) => runLine(open, node)));
  const contents = await contentsOf(open, runs);
  const page = await writeStudy(open.folder, contents);
  for (const warning of contents.analysis.warnings) log.warn(warning);
  log.success(`the study's page is ${page}`);
}

/** The demo's own data are drawn where they are not there yet, as "fledge demo" does. */
async function drawMissing({ nodes }: OpenStudy): Promise<void> {
  const { labelled } = presets["demo"]!.data;
  if (nodes.some(({ facts: { config } }) => config.data.labelled === labelled)) await drawMissingDemoData();
}

/** Every data set that the study's runs name is there and fits, before anything long begins. @throws UsageError, DataError */
function checkData({ nodes }: OpenStudy): void {
  const distinct = new Map(nodes.map(({ facts: { config } }) => [JSON.stringify([config.data, config.split]), config]));
  for (const config of distinct.values()) findData(config);
}

async function run(file: string, flags: RunStudyFlags): Promise<void> {
  const open = await openStudy(file, flags);
  await drawMissing(open);
  checkData(open);
  await keepStudy(open);
  const few = fewSeeds(open.study.seeds.length);
  if (few !== undefined) log.warn(few);
  const atOnce = flags.atOnce ?? 1;
  log.info(`${open.nodes.length} nodes into ${open.folder}, ${atOnce} at once`);
  const states = await runStudy(open, { atOnce, passed: passedOn(flags), tell: (line) => log.info(line) });
  await reportStudy(open);
  const failed = [...states].filter(([, state]) => state !== "done");
  if (failed.length === 0) return;
  log.error(`${failed.map(([id, state]) => `${id} ${state}`).join(", ")}: the same command tries them again`);
  throw new ReportedFailure();
}

export function register(program: Command): void {
  const study = program.command("study").description("seeds and variants of settings, and what their accuracies claim");
  withAdapter(
    withTuning(withStudy(study.command("run <file>").description("run what a study lacks, then write its page"))),
  )
    .option(
      "--at-once <n>",
      `how many nodes run at once (default: 1; this machine has ${availableParallelism()} cores)`,
      wholeNumber(1),
    )
    .action(run);
  withAdapter(
    withTuning(
      withStudy(study.command("plan <file>").description("the study's graph and its cost, before anything runs")),
    ),
  )
    .option("--no-measure", "count only: measure no step on this adapter")
    .option("--json", "print the plan as JSON", false)
    .action(planStudy);
  withStudy(study.command("status <file>").description("what of the study is done, begun and not begun")).action(
    async (file: string, flags: StudyPlace) => {
      const open = await openStudy(file, flags);
      const lines = await Promise.all(open.nodes.map((node) => runLine(open, node)));
      console.log(markdownTable([["node", "state"], ...lines.map(({ id, state }) => [id, state])]));
    },
  );
  withStudy(study.command("report <file>").description("write the study's page of what is there so far")).action(
    async (file: string, flags: StudyPlace) => reportStudy(await openStudy(file, flags)),
  );
  study
    .command("schema")
    .description("the JSON schema of a study's file, for editors")
    .action(() => console.log(JSON.stringify(studyJsonSchema(), null, 2)));
}
