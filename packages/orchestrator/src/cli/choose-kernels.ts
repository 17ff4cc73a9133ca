import { distinctCandidates } from "@fledge/kernel-lab";
import { chosenRung, roundsOperands, type Choices, type Gpu, type KernelUse, type Precision } from "@fledge/runtime";
import type { Config } from "../config/schema.ts";
import { choicesOf, readKernels, kernelRecordOf, type KernelRecord } from "../run/kernels-file.ts";
import type { RunDirectory } from "../run/run-directory.ts";
import { precisionText } from "../stages/precision.ts";
import { kernelUsesOf } from "../stages/programs.ts";
import { TuningCache } from "../tuning/cache.ts";
import { chooseKernels, defaultOf, leftOutOf, rungOf, type Chosen, type ChoosingOptions } from "../tuning/choose.ts";
import { duration } from "./duration.ts";
import { log } from "./log.mjs";

/** What the cache holds for a configuration's kernels; nothing is timed, and without `tuning` nothing is known. */
export async function knownKernels(
  gpu: Gpu,
  config: Config,
  classes: number,
  tuning: boolean,
): Promise<KernelRecord[]> {
  if (!tuning) return [];
  const chosen = await chooseKernels(gpu, kernelUsesOf(gpu, config, classes), {
    cache: await openCache(gpu),
    timeMissing: false,
  });
  return chosen.filter(({ entry }) => entry).map((one) => kernelRecordOf(one, gpu.traits));
}

/** Says every so often how far the timing has come. */
export function progressLog(why: string): NonNullable<ChoosingOptions["onProgress"]> {
  const startedAt = performance.now();
  let saidAt = 0;
  return (timed, of) => {
    if (timed === 0) log.info(`checking and timing the rungs of ${of} kernel shapes on this adapter, ${why}`);
    else if (timed < of && performance.now() - saidAt < 10_000) return;
    else {
      const seconds = (performance.now() - startedAt) / 1000;
      const left = timed < of ? `, about ${duration((seconds / timed) * (of - timed))} left` : "";
      log.info(`timed ${timed} of ${of} in ${duration(seconds)}${left}`);
    }
    saidAt = performance.now();
  };
}

/** Opens the adapter's cache; a damaged one is told of and begun anew. */
export async function openCache(gpu: Gpu): Promise<TuningCache> {
  const cache = await TuningCache.open(gpu.adapter);
  if (cache.damage !== null)
    log.warn(
      `${cache.file} is damaged (${cache.damage}): its kernels count as never timed, and the next timing writes it anew`,
    );
  return cache;
}

/** `N=8 IH=32 IW=32` */
export const shapeText = (shape: unknown): string =>
  Object.entries(shape as Record<string, unknown>)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(" ");

/** Says which rungs may not run, and why. */
export function warnOfLeftOut(all: readonly Chosen[]): void {
  for (const chosen of all) {
    for (const [rung, reason] of leftOutOf(chosen))
      log.warn(`${rung} is left out on ${shapeText(chosen.candidates.shape)}: ${reason}`);
  }
}

function describeChoice(chosen: readonly Chosen[], cache: TuningCache): string {
  const tuned = chosen.filter(({ entry }) => entry);
  const others = tuned.filter((one) => rungOf(one) !== defaultOf(one)).length;
  return `${tuned.length} kernel shapes run the fastest rung known of ${cache.file}, for ${others} another than the default; ${chosen.length - tuned.length} run the default, unchecked`;
}

/** Says of a run below f32 what computes in which precision. */
function tellPrecision({ training: { precision } }: Config, uses: readonly KernelUse[], choices: Choices): void {
  const products = new Map(
    uses
      .filter(({ shape }) => (shape as { readonly precision?: Precision }).precision !== undefined)
      .map((use) => [`${use.kernel.name} ${shapeText(use.shape)}`, use]),
  );
  if (products.size === 0) return;
  const isExact = (use: KernelUse): boolean => {
    const rung = use.kernel.rungs.find(({ id }) => id === chosenRung(choices, use)?.rung);
    return !rung || !roundsOperands(rung);
  };
  const exact = [...products].filter(([, use]) => isExact(use)).map(([name]) => name);
  const stay =
    exact.length > 0
      ? `, in f32 stay (channels that are no multiple of 4, or a rung that is left out): ${exact.join("; ")}`
      : "";
  log.info(
    `training.precision ${precision}: ${precisionText[precision]}; ${products.size - exact.length} of ${products.size} kernel shapes of products round their operands${stay}`,
  );
}

/**
 * The rungs of a new run. Kernels that this adapter's cache lacks are checked and timed, except on an adapter that
 * computes on the CPU: its defaults were measured, and the timing takes longer than it saves. `fledge tune` times there
 * too.
 */
async function chooseForRun(gpu: Gpu, uses: readonly KernelUse[], tuning: boolean): Promise<Chosen[]> {
  if (!tuning) return distinctCandidates(uses, gpu.traits).map((candidates) => ({ candidates, entry: undefined }));
  const cache = await openCache(gpu);
  const timeMissing = gpu.traits.deviceClass !== "software";
  const chosen = await chooseKernels(gpu, uses, {
    cache,
    timeMissing,
    onProgress: progressLog("once; --no-tune takes the defaults instead"),
  });
  warnOfLeftOut(chosen);
  if (chosen.some(({ entry }) => entry)) log.info(describeChoice(chosen, cache));
  return chosen;
}

/**
 * The rungs that a run's kernels take: those that it began with, or for a new run, chosen now.
 * @throws UsageError where the run began with others than this program has
 */
export async function kernelsOf(
  gpu: Gpu,
  config: Config,
  classes: number,
  resumed: RunDirectory | undefined,
  tuning: boolean,
): Promise<KernelRecord[]> {
  const uses = kernelUsesOf(gpu, config, classes);
  const recorded = resumed && (await readKernels(resumed, gpu, uses));
  const records = recorded ?? (await chooseForRun(gpu, uses, tuning)).map((one) => kernelRecordOf(one, gpu.traits));
  tellPrecision(config, uses, choicesOf(records));
  return records;
}
