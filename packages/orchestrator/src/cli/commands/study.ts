import { join } from "node:path";
import { analyse, studyJsonSchema } from "@fledge/study";
import { markdownTable } from "markdown-table";
import { presets } from "../../config/presets.ts";
import { environmentOf } from "../../run/environment.ts";
import { RunDirectory } from "../../run/run-directory.ts";
import { epochsOf } from "../../stages/programs.ts";
import { modelsOf } from "../../methods/models-of.ts";
import { keepStudy } from "../../study/keep-study.ts";
import { isDone } from "../../study/node-state.ts";
import { assignmentsOf } from "../../study/node-facts.ts";
import { comparisonsOf, outcomesOf } from "../../study/outcomes.ts";
import { openStudy, type OpenStudy, type StudyPlace } from "../../study/open-study.ts";
import { runStudy } from "../../study/run-study.ts";
import { writeStudy, type RunLine } from "../../study/write-study.ts";
import { findData } from "../data.ts";
import { log } from "../log.ts";
import type { AdapterFlags, TuningFlags } from "../options.ts";
import { ReportedFailure } from "../reported-failure.mjs";
import { drawMissingDemoData } from "./dataset.ts";

type RunStudyFlags = StudyPlace & AdapterFlags & TuningFlags & { readonly atOnce?: number };

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
  const { study, nodes, folder, file, scale } = open;
  const outcomes = await outcomesOf(nodes, folder);
  const analysis = analyse(outcomes, comparisonsOf(study, nodes));
  const runs = await Promise.all(nodes.map((node) => runLine(open, node)));
  const page = await writeStudy(folder, { study, file, scale, outcomes, analysis, runs });
  for (const warning of analysis.warnings) log.warn(warning);
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

/** Runs what a study lacks, then writes its page. @throws ReportedFailure where a node failed */
export async function run(file: string, flags: RunStudyFlags): Promise<void> {
  const open = await openStudy(file, flags);
  await drawMissing(open);
  checkData(open);
  await keepStudy(open);
  const atOnce = flags.atOnce ?? 1;
  log.info(`${open.nodes.length} nodes into ${open.folder}, ${atOnce} at once`);
  const states = await runStudy(open, { atOnce, passed: passedOn(flags), tell: (line) => log.info(line) });
  await reportStudy(open);
  const failed = [...states].filter(([, state]) => state !== "done");
  if (failed.length === 0) return;
  log.error(`${failed.map(([id, state]) => `${id} ${state}`).join(", ")}: the same command tries them again`);
  throw new ReportedFailure();
}

/** Prints the graph of a study. */
export async function plan(file: string, flags: StudyPlace): Promise<void> {
  const { nodes, study } = await openStudy(file, flags);
  const rows = nodes.map(({ id, kind, needs, facts: { config }, run: { variant } }) => {
    const models = modelsOf(config).filter((name) => (kind === "teacher") === name.endsWith("teacher"));
    const own = kind === "teacher" ? "" : assignmentsOf(study.variants[variant]!).join(" ");
    return [id, needs.join(" "), models.map((name) => `${name} ${epochsOf(config, name)}`).join(", "), own];
  });
  console.log(markdownTable([["node", "after", "models, epochs", "settings"], ...rows]));
  const teachers = nodes.filter(({ kind }) => kind === "teacher").length;
  console.log(`\n${nodes.length - teachers} runs, ${teachers} teachers that they share`);
}

/** Prints what of a study is done, begun and not begun. */
export async function status(file: string, flags: StudyPlace): Promise<void> {
  const open = await openStudy(file, flags);
  const lines = await Promise.all(open.nodes.map((node) => runLine(open, node)));
  console.log(markdownTable([["node", "state"], ...lines.map(({ id, state }) => [id, state])]));
}

/** Writes a study's page of what is there so far. */
export const report = async (file: string, flags: StudyPlace): Promise<void> =>
  reportStudy(await openStudy(file, flags));

/** Prints the schema of a study's file. */
export const schema = (): void => console.log(JSON.stringify(studyJsonSchema(), null, 2));
