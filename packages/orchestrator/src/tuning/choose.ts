import { distinctCandidates, NoReferenceError, tune, type Candidates, type RacePlans } from "@fledge/kernel-lab";
import { choiceText, type Gpu, type KernelPlan, type KernelUse } from "@fledge/runtime";
import { UsageError } from "../config/resolve.ts";
import type { CacheEntry, TuningCache } from "./cache.ts";

/** A kernel and shape with what was found for it; without where it was never tuned: it runs its default, unchecked. */
export interface Chosen {
  readonly candidates: Candidates;
  readonly entry: CacheEntry | undefined;
}

export interface ChoosingOptions {
  readonly cache: TuningCache;
  /** Whether kernels that the cache lacks are checked and timed. */
  readonly timeMissing: boolean;
  /** Whether those that it holds are timed again. */
  readonly again?: boolean;
  /** Told how many will be timed before any is, and again after each. */
  readonly onProgress?: (timed: number, of: number) => void;
  /** Times plans; for tests, which time nothing. */
  readonly racePlans?: RacePlans;
}

/**
 * The rungs for the kernels of some programs: as the cache knows them, checked and timed now, or else the default.
 * @throws UsageError where a kernel's reference rung has no result, and where the cache cannot be written
 */
export async function chooseKernels(gpu: Gpu, uses: readonly KernelUse[], options: ChoosingOptions): Promise<Chosen[]> {
  const { cache, timeMissing, again = false, onProgress, racePlans } = options;
  const all = distinctCandidates(uses, gpu.traits);
  const entries = new Map(all.map((candidates) => [candidates, cache.get(candidates)]));
  const missing = all.filter((candidates) => again || !entries.get(candidates));
  if (timeMissing && missing.length > 0) {
    let timed = 0;
    onProgress?.(timed, missing.length);
    try {
      for await (const { candidates, result } of tune(gpu, missing, racePlans)) {
        const { kernel, shape, version } = candidates;
        const { winner, timesUs, leftOut, untried = 0 } = result;
        const { rung, tile } = planNamed(candidates, winner);
        const entry: CacheEntry = {
          kernel,
          shape,
          version,
          rung,
          ...(tile && { tile }),
          timesUs,
          leftOut,
          ...(untried > 0 && { untried }),
        };
        await cache.add(entry);
        entries.set(candidates, entry);
        onProgress?.((timed += 1), missing.length);
      }
    } catch (error) {
      if (!(error instanceof NoReferenceError)) throw error;
      throw new UsageError(`${error.message}. A run with --no-tune takes the defaults, unchecked`);
    }
  }
  return all.map((candidates) => ({ candidates, entry: entries.get(candidates) }));
}

/** The plan of a rung, or of a rung with a tile. @param name its `choiceText` */
const planNamed = ({ plans, tiles, reference }: Candidates, name: string): KernelPlan =>
  [...plans, ...tiles, reference].find((plan) => choiceText(plan) === name)!;

/** What runs. */
export const planOf = ({ candidates, entry }: Chosen): KernelPlan =>
  entry ? planNamed(candidates, choiceText(entry)) : candidates.plans[0]!;

/** The default of a kernel and shape. */
export const defaultOf = ({ candidates }: Chosen): string => candidates.plans[0]!.rung;

/** Rungs that may not run, and why: the adapter cannot, or they disagree with the reference rung. */
export const leftOutOf = ({ entry }: Chosen): [rung: string, reason: string][] => Object.entries(entry?.leftOut ?? {});

/** What runs, in one line. */
export const rungOf = (chosen: Chosen): string => choiceText(planOf(chosen));
