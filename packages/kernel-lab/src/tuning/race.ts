import { seededRandom } from "../random.ts";
import { spreadOf } from "../statistics.ts";
import { calibrate, timeInRounds, type TimeRuns } from "../time-in-rounds.ts";

/** A rung in a race. */
export interface Racer {
  readonly rung: string;
  readonly time: TimeRuns;
}

export interface RaceResult {
  readonly winner: string;
  /** Median time of one run in microseconds by rung; null for one that was given up after its first runs. */
  readonly timesUs: Readonly<Record<string, number | null>>;
}

/** A challenger that takes this many times as long as the fastest before it is given up. */
const hopeless = 3;
/** A challenger must be faster than the champion by this share. */
const margin = 0.05;
/** Rounds in which all are timed one after the other; fewer where a sample is long, and its noise thereby small. */
const rounds = 5;
const roundsOfLongSamples = 3;
const longSampleUs = 200_000;

/**
 * Whether times, one of each round, are below others beyond doubt: by `margin` in the median of the rounds, and by
 * anything in three rounds of four. Times of one round are compared, so that a drift of the machine falls on both.
 */
export function clearlyFaster(challenger: readonly number[], champion: readonly number[]): boolean {
  const ratios = challenger.map((time, round) => time / champion[round]!);
  const wins = ratios.filter((ratio) => ratio < 1).length;
  return spreadOf(ratios).median <= 1 - margin && wins >= 0.75 * ratios.length;
}

interface Runner extends Racer {
  /** How many runs fill a sample, and the time of one, at first sight. */
  readonly repeats: number;
  readonly timeUs: number;
}

/** Null for one that takes too long to be worth timing: twice, lest another process's work be taken for the rung's. */
async function admit(racer: Racer, bestUs: number, sampleUs: number): Promise<Runner | null> {
  await racer.time(1); // Cold, when a driver may still compile.
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const runner = { ...racer, ...(await calibrate(racer.time, sampleUs)) };
    if (!(runner.timeUs > hopeless * bestUs)) return runner;
  }
  return null;
}

/** Samples of each runner, one in each round; of one alone what is known already. */
async function samplesOf(runners: readonly Runner[], bestUs: number): Promise<number[][]> {
  if (runners.length === 1) return [[runners[0]!.timeUs]];
  // The same number for all, so that what submitting takes is the same share of each.
  const repeats = Math.max(...runners.map((runner) => runner.repeats));
  const samples = repeats * bestUs > longSampleUs ? roundsOfLongSamples : rounds;
  return timeInRounds(
    runners.map(({ time }) => ({ time, repeats, samples })),
    seededRandom(1),
  );
}

/**
 * Finds the fastest of some rungs, the default first. Where the times do not decide clearly, see `clearlyFaster`, an
 * earlier one wins: noise changes no choice.
 * @param sampleUs the least duration of a sample
 */
export async function race(racers: readonly Racer[], sampleUs: number): Promise<RaceResult> {
  const runners: Runner[] = [];
  let bestUs = Infinity;
  for (const racer of racers) {
    const runner = await admit(racer, bestUs, sampleUs);
    if (!runner) continue;
    bestUs = Math.min(bestUs, runner.timeUs);
    runners.push(runner);
  }
  const samples = await samplesOf(runners, bestUs);
  const timed = runners.map(({ rung }, index) => ({ rung, samplesUs: samples[index]! }));
  const winner = timed.reduce((champion, challenger) =>
    clearlyFaster(challenger.samplesUs, champion.samplesUs) ? challenger : champion,
  );
  const medians = new Map(timed.map(({ rung, samplesUs }) => [rung, spreadOf(samplesUs).median]));
  return {
    winner: winner.rung,
    timesUs: Object.fromEntries(racers.map(({ rung }) => [rung, medians.get(rung) ?? null])),
  };
}
