import { AdapterNotFoundError, type Gpu } from "@fledge/runtime";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import { doneOf, doneOfExtension } from "../cost/done.ts";
import { measureRun } from "../cost/measured-cost.ts";
import { deviceFor } from "../cost/programs.ts";
import { flopsIn, runCost } from "../cost/run-cost.ts";
import { summaryOf } from "../cost/summary.ts";
import { modelsIn, nothingDone, type Scope } from "../cost/work.ts";
import { choicesOf, readKernels } from "../run/kernels-file.ts";
import type { RunDirectory } from "../run/run-directory.ts";
import { kernelUsesOf } from "../stages/programs.ts";
import { knownKernels } from "./choose-kernels.ts";
import { costTable } from "./cost-text.ts";
import { findData, requireUnlabelled } from "./data.ts";
import { log, quietFor } from "./log.mjs";
import { requireWeights, settle } from "./open-session.ts";
import { openGpu } from "./open-gpu.ts";
import type { AdapterFlags, ConfigFlags, DryRunFlags, RunFlags, TuningFlags } from "./options.ts";

/** The adapter, or undefined where there is none that the flags ask for: what it would compute can be counted all the same. */
export async function openGpuToMeasure(flags: AdapterFlags): Promise<Gpu | undefined> {
  try {
    return await openGpu(flags);
  } catch (error) {
    if (!(error instanceof AdapterNotFoundError)) throw error;
    log.warn(`${error.message} Nothing is measured: these are counts alone`);
    return undefined;
  }
}

/** @throws UsageError where JSON is asked for of a run that is to be done */
export function checkDryRun({ dryRun, json }: DryRunFlags): void {
  if (json && !dryRun) throw new UsageError("--json: a run's cost is printed with --dry-run; give both");
}

/** What runs, as the run began with it, or as is known of this adapter. */
async function choicesFor(gpu: Gpu, config: Config, classes: number, run: RunDirectory | undefined, tune: boolean) {
  const uses = kernelUsesOf(gpu, config, classes);
  const recorded = run && (await readKernels(run, gpu, uses));
  return choicesOf(recorded ?? (await knownKernels(gpu, config, classes, tune)));
}

type Flags = ConfigFlags & RunFlags & TuningFlags & AdapterFlags & DryRunFlags;

/** Counts and measures, and leaves everything as it is. */
async function tell(flags: Flags, scopeOf: (config: Config) => Scope): Promise<void> {
  const { resumed, config, extended } = await settle(flags, "read");
  requireWeights(config, resumed);
  requireUnlabelled(config, modelsIn(config, scopeOf(config)));
  const data = findData(config);
  const done = resumed ? await doneOf(resumed) : extended ? doneOfExtension(extended.extension) : nothingDone;
  const gpu = await openGpuToMeasure(flags);
  try {
    const classes = data.labelled.classes.length;
    const choices = gpu ? await choicesFor(gpu, config, classes, resumed ?? extended?.source, flags.tune) : {};
    const scope = scopeOf(config);
    const cost = runCost({
      gpu: deviceFor(gpu, config),
      config,
      data,
      choices,
      done,
      scope,
    });
    const measured = gpu && flopsIn(cost.left) > 0 ? await measureRun(cost, { gpu, config, data, choices }) : undefined;
    const summary = summaryOf(cost, measured);
    const adapter = gpu?.adapter.name ?? null;
    console.log(flags.json ? JSON.stringify({ adapter, ...summary }, null, 2) : costTable(summary));
  } finally {
    await gpu?.close();
  }
}

/** `--dry-run`: what a run costs, measured on this adapter where there is one; no run directory is written. */
export const dryRun = (flags: Flags, scopeOf: (config: Config) => Scope): Promise<void> =>
  quietFor(flags.json, () => tell(flags, scopeOf));
