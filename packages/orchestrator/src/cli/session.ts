import { existsSync } from "node:fs";
import { join } from "node:path";
import { ImageCache } from "@fledge/data";
import { Gpu } from "@fledge/runtime";
import { checkCounts } from "../config/check-counts.ts";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import type { PaperData } from "../method.ts";
import { choicesOf, writeKernels } from "../run/kernels.ts";
import { describeEnvironment, recordResume } from "../run/environment.ts";
import { RunDirectory } from "../run/run-directory.ts";
import { withoutTestOverlap } from "../run/test-overlap.ts";
import { checkWeights } from "../training/check-weights.ts";
import { whereToGetWeights } from "../training/initial-weights.ts";
import type { Session } from "../training/session.ts";
import { findData, withoutBroken } from "./data.ts";
import {
  configFrom,
  givenConfigFlags,
  type AdapterFlags,
  type ConfigFlags,
  type RunFlags,
  type TuningFlags,
} from "./options.ts";
import { kernelsOf } from "./kernels.ts";
import { ConsoleReporter } from "./reporter.ts";
import { log } from "./log.ts";

/** Opens the adapter that the flags ask for and names it. */
export async function openGpu({ adapter, power, software }: AdapterFlags): Promise<Gpu> {
  const gpu = await Gpu.open({ adapter, power, software });
  log.info(
    `computing on ${gpu.adapter.name} (${gpu.adapter.software ? "software, on the CPU" : "GPU"}; ${gpu.adapter.driver})`,
  );
  return gpu;
}

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

/** The run to go on with, if any, and the settings. @throws UsageError */
async function settle(
  flags: ConfigFlags & RunFlags,
): Promise<{ readonly resumed: RunDirectory | undefined; readonly config: Config }> {
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

async function removeOverlap(config: Config, data: PaperData, run: RunDirectory): Promise<PaperData> {
  log.info("looking for test images among the unlabelled ones");
  const { data: kept, removed } = await withoutTestOverlap(config, data, run);
  checkCounts(config, kept.labelled.samples.length, kept.unlabelled.samples.length);
  log.info(
    `${removed} unlabelled images left out because a test image shows the same picture, listed in ${run.file("overlap.json")}`,
  );
  return kept;
}

/** Everything a stage needs, opened; closes it again, whatever `body` does. A run's folder appears only when all else is in order. */
export async function withSession<T>(
  flags: ConfigFlags & RunFlags & TuningFlags & AdapterFlags,
  body: (open: OpenSession) => Promise<T>,
): Promise<T> {
  const { resumed, config } = await settle(flags);
  requireWeights(config);
  const found = findData(config);
  const classes = found.labelled.classes.length;
  const gpu = await openGpu(flags);
  try {
    const initial = resumed ? null : await checkWeights(gpu, config, classes);
    if (initial !== null) log.info(`starting from ${initial}`);
    const kernels = await kernelsOf(gpu, config, classes, resumed, flags.tune);
    const environment = await describeEnvironment(gpu.adapter);
    const run = resumed ?? (await RunDirectory.create(flags.run ?? defaultRunFolder(config), config, environment));
    await writeKernels(run, kernels);
    if (resumed) await recordResume(resumed, environment);
    log.info(`${resumed ? "continuing" : "writing"} the run in ${run.path}`);
    const sound = await withoutBroken(found, run);
    const data = config.data.removeTestOverlap ? await removeOverlap(config, sound, run) : sound;
    const cache = new ImageCache(config.loader.cacheMiB * 2 ** 20);
    return await reporting(run, (reporter) =>
      body({ session: { gpu, run, config, classes, cache, reporter, choices: choicesOf(kernels) }, data }),
    );
  } finally {
    await gpu.close();
  }
}
