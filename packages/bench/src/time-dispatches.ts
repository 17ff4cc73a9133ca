import type { Gpu, PreparedDispatch } from "@fledge/runtime";
import type { Budget } from "./budget.ts";
import { shuffled, type Random } from "./random.ts";
import { spreadOf, type Spread } from "./statistics.ts";

/** A software adapter takes about 30 us for an empty dispatch, so this many fill the longest batch. */
const maxRepeats = 2048;

/** Milliseconds from submitting `repeats` runs in one command buffer until all are done. */
async function batchTimeMs(gpu: Gpu, dispatches: readonly PreparedDispatch[], repeats: number): Promise<number> {
  const batch = Array.from({ length: repeats }, () => dispatches).flat();
  const startMs = performance.now();
  gpu.submit(batch);
  await gpu.idle();
  return performance.now() - startMs;
}

interface Candidate {
  readonly dispatches: readonly PreparedDispatch[];
  readonly repeats: number;
  readonly samplesWanted: number;
  readonly samplesUs: number[];
}

/** Warms up, and finds how many runs fill a batch. */
async function calibrate(gpu: Gpu, dispatches: readonly PreparedDispatch[], budget: Budget): Promise<Candidate> {
  let repeats = 1;
  let timeMs = await batchTimeMs(gpu, dispatches, repeats);
  while (timeMs < budget.batchMs && repeats < maxRepeats) {
    const factor = Math.min(16, Math.max(2, Math.ceil(budget.batchMs / timeMs)));
    repeats = Math.min(maxRepeats, repeats * factor);
    timeMs = await batchTimeMs(gpu, dispatches, repeats);
  }
  const samplesWanted = Math.max(budget.minSamples, Math.floor(budget.sampleMs / timeMs));
  return { dispatches, repeats, samplesWanted, samplesUs: [] };
}

/**
 * Time of one run of each candidate in microseconds. Samples are taken in rounds, each in a new random order, so that
 * a drift of the machine falls on all candidates alike.
 */
export async function timeDispatches(
  gpu: Gpu,
  candidates: readonly (readonly PreparedDispatch[])[],
  budget: Budget,
  random: Random,
): Promise<Spread[]> {
  const all: Candidate[] = [];
  for (const dispatches of candidates) all.push(await calibrate(gpu, dispatches, budget));
  const unfinished = (): Candidate[] => all.filter((candidate) => candidate.samplesUs.length < candidate.samplesWanted);
  for (let round = unfinished(); round.length > 0; round = unfinished()) {
    for (const { dispatches, repeats, samplesUs } of shuffled(round, random)) {
      samplesUs.push(((await batchTimeMs(gpu, dispatches, repeats)) * 1000) / repeats);
    }
  }
  return all.map(({ samplesUs }) => spreadOf(samplesUs));
}
