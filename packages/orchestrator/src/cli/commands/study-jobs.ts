import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { checkWritable, exitCodeOf, folderHolder, writeFileWhole } from "@fledge/files";
import { markdownTable } from "markdown-table";
import { UsageError } from "../../config/resolve.ts";
import { commandLineOf } from "../shell-words.mjs";
import { planSubmission, previewSubmission, submitStudy, type SubmitOptions } from "../../slurm/submit-study.ts";
import { Commands, StoppedError } from "../../study/commands.ts";
import { checkStudy } from "../../study/keep-study.ts";
import { fruitlessStops, logOf, readLog } from "../../study/node-log.ts";
import { isDone } from "../../study/node-state.ts";
import { countsText, statesOf } from "../../study/study-states.ts";
import { openStudy, type StudyPlace } from "../../study/open-study.ts";
import { runNode } from "../../study/run-node.ts";
import { snakefileOf } from "../../study/snakefile.ts";
import { log } from "../log.mjs";
import type { AdapterFlags, TuningFlags } from "../options.ts";
import { passedOn, prepareStudy } from "../prepare-study.ts";
import { ReportedFailure } from "../reported-failure.mjs";

type NodeFlags = StudyPlace & AdapterFlags & TuningFlags;

/** What sbatch takes under the same names. */
interface SlurmFlags {
  readonly partition?: string;
  readonly account?: string;
  readonly qos?: string;
  readonly gpus?: string;
  readonly gres?: string;
  readonly cpus?: number;
  readonly mem?: string;
  readonly time?: string;
  readonly sbatch?: readonly string[];
}

type SubmitFlags = NodeFlags &
  SlurmFlags & { readonly atOnce?: number; readonly signal: number; readonly dryRun: boolean };

function askedOf({ sbatch = [], cpus, ...flags }: SlurmFlags): string[] {
  const { partition, account, qos, gpus, gres, mem, time } = flags;
  const named = { partition, account, qos, gpus, gres, "cpus-per-task": cpus, mem, time };
  const given = Object.entries(named).filter(([, value]) => value !== undefined);
  return [...given.map(([name, value]) => `--${name}=${value}`), ...sbatch];
}

/** Submits what is missing of a study as job arrays. */
export async function submit(file: string, flags: SubmitFlags): Promise<void> {
  const open = await openStudy(file, flags);
  const { atOnce, signal: signalSeconds } = flags;
  const options: SubmitOptions = { asked: askedOf(flags), atOnce, signalSeconds, passed: passedOn(flags) };
  if (flags.dryRun) {
    for (const { command, text } of previewSubmission(open, await planSubmission(open), options))
      console.log(`$ ${commandLineOf(command)}\n${text.replaceAll(/^(?=.)/gm, "    ")}`);
    return;
  }
  await prepareStudy(open);
  const { arrays, leftOut } = await submitStudy(open, options, ({ nodes, script }, job) =>
    log.success(`job ${job}: ${nodes.join(", ")} (${script})`),
  );
  for (const node of leftOut) log.warn(`${node} is left out: what it needs is worked on by a process of no job`);
  const count = arrays.reduce((sum, { nodes }) => sum + nodes.length, 0);
  log.info(`${count} of ${open.nodes.length} nodes submitted; the others are done, in the queue or worked on`);
}

/** Prints what of a study is done, running, waiting, failed and not begun. */
export async function status(file: string, flags: StudyPlace & { readonly json?: true }): Promise<void> {
  const { states: all, queueUnknown } = await statesOf(await openStudy(file, flags));
  if (queueUnknown !== undefined) log.warn(queueUnknown);
  if (flags.json) return console.log(JSON.stringify(all, null, 2));
  console.log(markdownTable([["node", "state", ""], ...all.map(({ id, state, about }) => [id, state, about])]));
  for (const { id, state, log: file } of all)
    if (state === "failed") console.log(`\n${id} failed: ${file === undefined ? "it has no log" : `see ${file}`}`);
  console.log(`\n${countsText(all)}`);
}

/** After so many stops in a row that saved nothing, time is only wasted. */
const fruitless = 3;

/** Does one node's work, or goes on with it: what a job of a cluster does. */
export async function node(file: string, id: string, flags: NodeFlags & { readonly wait: number }): Promise<void> {
  const open = await openStudy(file, flags);
  const found = open.nodes.find((one) => one.id === id);
  if (!found) throw new UsageError(`${file} has no node ${id}; it has ${open.nodes.map((one) => one.id).join(", ")}`);
  await checkStudy(open);
  const path = join(open.folder, id);
  if (await isDone(found, path)) return log.info(`${id} is done already`);
  const commands = new Commands();
  try {
    await commands.handingOn(async () => {
      await waitForRun(path, flags.wait, commands);
      await runNode(found, open, passedOn(flags), commands);
    });
  } catch (error) {
    const logFile = logOf(open.folder, id);
    if (!(error instanceof StoppedError)) {
      log.error(`${id} failed: ${(error as Error).message}; see ${logFile}`);
      throw new ReportedFailure();
    }
    if (fruitlessStops(await readLog(logFile)) >= fruitless) {
      log.error(
        `${id} was stopped ${fruitless} times in a row before it had saved anything: it saves after each epoch, which must fit into the time that it is given (--time)`,
      );
      throw new ReportedFailure();
    }
    log.warn(`${id} was stopped by ${commands.stoppedBy}: the same command goes on with it`);
    process.exit(exitCodeOf(commands.stoppedBy!));
  }
  log.success(`${id} is done`);
}

/** Waits for a run that another process holds: a dead one of another machine is only known by its silence. */
async function waitForRun(path: string, seconds: number, commands: Commands): Promise<void> {
  const end = Date.now() + seconds * 1000;
  const holder = (): Promise<string | null> => folderHolder(path).catch(() => null);
  let told = false;
  for (let held = await holder(); held !== null && Date.now() < end; held = await holder()) {
    if (commands.stoppedBy !== undefined) return;
    if (!told) log.info(`${path} is in the hands of ${held}; waiting up to ${seconds} s`);
    told = true;
    await sleep(1000);
  }
}

/** Writes a study down for another program that runs graphs. */
export async function exportStudy(file: string, flags: NodeFlags & { readonly out?: string }): Promise<void> {
  if (flags.out !== undefined) await checkWritable(flags.out);
  const text = snakefileOf(await openStudy(file, flags), passedOn(flags));
  if (flags.out === undefined) return console.log(text);
  await writeFileWhole(flags.out, text);
  log.success(`${flags.out} is written: snakemake --snakefile ${flags.out} --cores 1 --keep-going`);
}
