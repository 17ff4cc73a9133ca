import { distinctCandidates, tune, type Candidates, type RacePlans } from "@fledge/kernel-lab";
import type { Gpu, KernelUse } from "@fledge/runtime";
import type { CacheEntry, TuningCache } from "./cache.ts";

/** A kernel and shape with what was timed for it; without where nothing was: it runs its default. */
export interface Chosen {
  readonly candidates: Candidates;
  readonly entry: CacheEntry | undefined;
}

export interface ChoosingOptions {
  readonly cache: TuningCache;
  /** Whether kernels that the cache lacks are timed. */
  readonly timeMissing: boolean;
  /** Whether those that it holds are timed again. */
  readonly again?: boolean;
  /** Told how many will be timed before any is, and again after each. */
  readonly onProgress?: (timed: number, of: number) => void;
  /** Times plans; for tests, which time nothing. */
  readonly racePlans?: RacePlans;
}

/** The rungs for the kernels of some programs: as the cache knows them, timed, or the default where there is no other. */
export async function chooseKernels(gpu: Gpu, uses: readonly KernelUse[], options: ChoosingOptions): Promise<Chosen[]> {
  const { cache, timeMissing, again = false, onProgress, racePlans } = options;
  const all = distinctCandidates(uses, gpu.traits);
  const entries = new Map(all.map((candidates) => [candidates, cache.get(candidates)]));
  const missing = all.filter((candidates) => candidates.plans.length > 1 && (again || !entries.get(candidates)));
  if (timeMissing && missing.length > 0) {
    let timed = 0;
    onProgress?.(timed, missing.length);
    for await (const { candidates, result } of tune(gpu, missing, racePlans)) {
      const { kernel, shape, version } = candidates;
      const { winner: rung, timesUs, leftOut } = result;
      const entry: CacheEntry = { kernel, shape, version, rung, timesUs, leftOut };
      await cache.add(entry);
      entries.set(candidates, entry);
      onProgress?.((timed += 1), missing.length);
    }
  }
  return all.map((candidates) => ({ candidates, entry: entries.get(candidates) }));
}

/** The default of a kernel and shape. */
export const defaultOf = ({ candidates }: Chosen): string => candidates.plans[0]!.rung;

/** Rungs that may not run, and why: the adapter cannot, or they compute something else than the reference rung. */
export const leftOutOf = ({ entry }: Chosen): [rung: string, reason: string][] => Object.entries(entry?.leftOut ?? {});

/** What runs. */
export const rungOf = (chosen: Chosen): string => chosen.entry?.rung ?? defaultOf(chosen);
