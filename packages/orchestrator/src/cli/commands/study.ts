import { join } from "node:path";
import { exitCodeOf } from "@fledge/files";
import { studyJsonSchema } from "@fledge/study";
import { environmentOf } from "../../run/environment.ts";
import { RunDirectory } from "../../run/run-directory.ts";
import { Commands } from "../../study/commands.ts";
import { isDone } from "../../study/node-state.ts";
import { openStudy, type OpenStudy, type StudyPlace } from "../../study/open-study.ts";
import { runStudy } from "../../study/run-study.ts";
import { contentsOf, type RunLine } from "../../study/study-contents.ts";
import { comparisonsText, studyJson, writeStudy } from "../../study/write-study.ts";
import { log } from "../log.mjs";
import type { AdapterFlags, TuningFlags } from "../options.ts";
import { passedOn, prepareStudy } from "../prepare-study.ts";
import { ReportedFailure } from "../reported-failure.mjs";

interface JsonFlag {
  readonly json?: true;
}

type RunStudyFlags = StudyPlace & AdapterFlags & TuningFlags & { readonly atOnce?: number } & JsonFlag;

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
async function reportStudy(open: OpenStudy, { json }: JsonFlag): Promise<void> {
  const runs = await Promise.all(open.nodes.map((node) => runLine(open, node)));
  const contents = await contentsOf(open, runs);
  const page = await writeStudy(open.folder, contents);
  for (const warning of contents.analysis.warnings) log.warn(warning);
  if (contents.outcomes.length === 0) log.warn("no run of the study is done yet: there is nothing to compare");
  process.stdout.write(json ? studyJson(contents) : contents.outcomes.length > 0 ? comparisonsText(contents) : "");
  log.success(`the study's page is ${page}`);
}

/** Runs what a study lacks, then writes its page. @throws ReportedFailure where a node failed */
export async function run(file: string, flags: RunStudyFlags): Promise<void> {
  const open = await openStudy(file, flags);
  await prepareStudy(open);
  const atOnce = flags.atOnce ?? 1;
  log.info(`${open.nodes.length} nodes into ${open.folder}, ${atOnce} at once`);
  const commands = new Commands();
  const options = { atOnce, passed: passedOn(flags), tell: (line: string) => log.info(line) };
  const states = await commands.handingOn(() => runStudy(open, options, commands));
  if (commands.stoppedBy !== undefined) {
    log.warn("interrupted: the same command goes on where it stopped");
    process.exit(exitCodeOf(commands.stoppedBy));
  }
  await reportStudy(open, flags);
  const failed = [...states].filter(([, state]) => state !== "done");
  if (failed.length === 0) return;
  log.error(`${failed.map(([id, state]) => `${id} ${state}`).join(", ")}: the same command tries them again`);
  throw new ReportedFailure();
}

/** Writes a study's page of what is there so far. */
export const report = async (file: string, flags: StudyPlace & JsonFlag): Promise<void> =>
  reportStudy(await openStudy(file, flags), flags);

/** Prints the schema of a study's file. */
export const schema = (): void => console.log(JSON.stringify(studyJsonSchema(), null, 2));
