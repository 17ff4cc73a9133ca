import { existsSync } from "node:fs";
import { join } from "node:path";
import { ImageCache } from "@fledge/data";
import type { Gpu } from "@fledge/runtime";
import { checkCounts } from "../stages/check-counts.ts";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import type { PaperData } from "../method.ts";
import { choicesOf, writeKernels, type KernelRecord } from "../run/kernels-file.ts";
import { describeEnvironment, recordResume } from "../run/environment.ts";
import { RunDirectory } from "../run/run-directory.ts";
import { withoutTestOverlap } from "../run/test-overlap.ts";
import { checkWeights } from "../stages/check-weights.ts";
import { whereToGetWeights } from "../stages/initial-weights.ts";
import type { Session } from "../stages/session.ts";
import { findData, withoutBroken } from "./data.ts";
import {
  configFrom,
  givenConfigFlags,
  type AdapterFlags,
  type ConfigFlags,
  type RunFlags,
  type TuningFlags,
} from "./options.ts";
import { onDevices } from "./device-losses.ts";
import { kernelsOf } from "./choose-kernels.ts";
import { ConsoleReporter } from "./reporter.ts";
import { log } from "./log.ts";

function requireWeights(config: Config): void {
  const { weights } = config.network;
  if (weights === null || existsSync(weights)) return;
  throw new UsageError(
    `network.weights: there is no file ${weights}. The ${config.preset} preset starts from ${whereToGetWeights}. ` +
      "Give the file with --weights, or train from random weights with --set network.weights=null",
  );
}

const stamp = (): string => new Date().toISOString().slice(0, 19).replaceAll(":", "").replace("T", "-");

/** Where a new run of this configuration goes if nothing else is said. */
const defaultRunFolder = (config: Config): string => join("runs", `${config.preset}-${stamp()}`);

export interface OpenSession {
  readonly session: Session;
  readonly data: PaperData;
}

interface Settled {
  /** The run to go on with, if any. */
  readonly resumed: RunDirectory | undefined;
  readonly config: Config;
}

/** What the flags ask for. @throws UsageError */
async function settle(flags: ConfigFlags & RunFlags): Promise<Settled> {
  if (!flags.resume) return { resumed: undefined, config: configFrom(flags) };
  if (flags.run === undefined) throw new UsageError("--resume wants the run's folder: give it with --run");
  const resumed = await RunDirectory.open(flags.run);
  const given = givenConfigFlags(flags);
  if (given.length > 0) {
    throw new UsageError(
      `${given.join(", ")}: the run in ${flags.run} keeps the settings it began with; start another run for other settings`,
    );
  }
  return { resumed, config: resumed.config };
}

/** Runs `body` with a reporter on the console; Ctrl-C ends the process with a word on how to go on. */
async function reporting<T>(run: RunDirectory, body: (reporter: ConsoleReporter) => Promise<T>): Promise<T> {
  const reporter = new ConsoleReporter();
  const interrupt = (): void => {
    reporter.close();
    log.warn(`interrupted: --run ${run.path} --resume goes on where it stopped`);
    process.exit(130);
  };
  process.once("SIGINT", interrupt);
  try {
    return await body(reporter);
  } finally {
    process.off("SIGINT", interrupt);
    reporter.close();
  }
}

/** Tries the weights that a new run starts from, and names them. @throws UsageError */
async function tryWeights(gpu: Gpu, config: Config, classes: number): Promise<void> {
  const initial = await checkWeights(gpu, config, classes);
  if (initial !== null) log.info(`starting from ${initial}`);
}

/** The run that is gone on with, or a new folder of its own; the kernels and where it computes are written down in it. */
async function openRun(
  { resumed, config }: Settled,
  folder: string | undefined,
  gpu: Gpu,
  kernels: readonly KernelRecord[],
): Promise<RunDirectory> {
  const environment = await describeEnvironment(gpu.adapter);
  const run = resumed ?? (await RunDirectory.create(folder ?? defaultRunFolder(config), config, environment));
  await writeKernels(run, kernels);
  if (resumed) await recordResume(resumed, environment);
  log.info(`${resumed ? "continuing" : "writing"} the run in ${run.path}`);
  return run;
}

/** The images that can be decoded and, where the settings say so, show no test image. */
async function usableData(config: Config, found: PaperData, run: RunDirectory): Promise<PaperData> {
  const data = await withoutBroken(found, run);
  if (!config.data.removeTestOverlap) return data;
  log.info("looking for test images among the unlabelled ones");
  const { data: kept, removed } = await withoutTestOverlap(config, data, run);
  checkCounts(config, kept.labelled.samples.length, kept.unlabelled.samples.length);
  log.info(
    `${removed} unlabelled images left out because a test image shows the same picture, listed in ${run.file("overlap.json")}`,
  );
  return kept;
}

/**
 * Everything a stage needs, opened step by step; closes it again, whatever `body` does. A run's folder appears only
 * when settings, counts of images, weights and kernels are in order; which images can be decoded is written into it.
 */
export async function withSession<T>(
  flags: ConfigFlags & RunFlags & TuningFlags & AdapterFlags,
  body: (open: OpenSession) => Promise<T>,
): Promise<T> {
  const settled = await settle(flags);
  const { resumed, config } = settled;
  requireWeights(config);
  const found = findData(config);
  const classes = found.labelled.classes.length;
  const cache = new ImageCache(config.loader.cacheMiB * 2 ** 20);
  let run: RunDirectory | undefined;
  let data: PaperData | undefined;
  const compute = async (gpu: Gpu): Promise<T> => {
    if (!resumed && !run) await tryWeights(gpu, config, classes);
    const kernels = await kernelsOf(gpu, config, classes, run ?? resumed, flags.tune);
    run ??= await openRun(settled, flags.run, gpu, kernels);
    data ??= await usableData(config, found, run);
    const session = { gpu, run, config, classes, cache, choices: choicesOf(kernels) };
    return reporting(run, (reporter) => body({ session: { ...session, reporter }, data: data! }));
  };
  return onDevices(flags, compute, () =>
    run ? `--run ${run.path} --resume goes on where it stopped` : "Nothing was written: begin again",
  );
}
