import type { PreparedDispatch } from "@fledge/runtime";
import type { BatchTimer } from "./batch-timer.ts";
import type { Budget } from "./budget.ts";
import { shuffled, type Random } from "./random.ts";
import { spreadOf, type Spread } from "./statistics.ts";

/** A software adapter takes about 30 us for an empty dispatch, so this many fill the longest batch. */
const maxRepeats = 2048;

interface Candidate {
  readonly dispatches: readonly PreparedDispatch[];
  readonly repeats: number;
  readonly samplesWanted: number;
  readonly samplesUs: number[];
}

/** Warms up, and finds how many runs fill a batch and how many batches the time is enough for. */
async function calibrate(
  timer: BatchTimer,
  dispatches: readonly PreparedDispatch[],
  budget: Budget,
  shareMs: number,
): Promise<Candidate> {
  let repeats = 1;
  let timeMs = await timer.timeMs(dispatches, repeats);
  while (timeMs < budget.batchMs && repeats < maxRepeats) {
    // A coarse clock may show nothing at all.
    const factor = Math.min(16, Math.max(2, Math.ceil(budget.batchMs / Math.max(timeMs, 1e-6))));
    repeats = Math.min(maxRepeats, repeats * factor);
    timeMs = await timer.timeMs(dispatches, repeats);
  }
  const affordable = Math.floor(shareMs / timeMs);
  return {
    dispatches,
    repeats,
    samplesWanted: Math.min(budget.maxSamples, Math.max(budget.minSamples, affordable)),
    samplesUs: [],
  };
}

/**
 * Time of one run of each candidate in microseconds. Samples are taken in rounds, each in a new random order, and a
 * candidate that has time for few of them takes part in few rounds, spread over all: so a drift of the machine falls
 * on all candidates alike.
 * @param totalMs time for all samples together, which only the least number of samples may overrun
 */
export async function timeDispatches(
  timer: BatchTimer,
  candidates: readonly (readonly PreparedDispatch[])[],
  budget: Budget,
  totalMs: number,
  random: Random,
): Promise<Spread[]> {
  const all: Candidate[] = [];
  for (const dispatches of candidates)
    all.push(await calibrate(timer, dispatches, budget, totalMs / candidates.length));
  const rounds = Math.max(...all.map(({ samplesWanted }) => samplesWanted));
  for (let round = 1; round <= rounds; round += 1) {
    const due = all.filter(
      ({ samplesUs, samplesWanted }) => samplesUs.length < Math.floor((round * samplesWanted) / rounds),
    );
    for (const { dispatches, repeats, samplesUs } of shuffled(due, random)) {
      samplesUs.push(((await timer.timeMs(dispatches, repeats)) * 1000) / repeats);
    }
  }
  return all.map(({ samplesUs }) => spreadOf(samplesUs));
}
