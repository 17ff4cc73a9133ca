/** A rung in a race. `run` resolves to the microseconds that `repeats` runs of it took, submitted together. */
export interface Entrant {
  readonly rung: string;
  readonly run: (repeats: number) => Promise<number>;
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
/** Least duration of a sample, so that submitting costs little of it, unless that takes more runs than `maxRepeats`. */
const sampleUs = 10_000;
const maxRepeats = 256;
/** Rounds in which all are timed one after the other; fewer where a sample is long, and its noise thereby small. */
const rounds = 5;
const roundsOfLongSamples = 3;
const longSampleUs = 200_000;

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/**
 * Whether times, one of each round, are below others beyond doubt: by `margin` in the median of the rounds, and by
 * anything in three rounds of four. Times of one round are compared, so that a drift of the machine falls on both.
 */
export function clearlyFaster(challenger: readonly number[], champion: readonly number[]): boolean {
  const ratios = challenger.map((time, round) => time / champion[round]!);
  const wins = ratios.filter((ratio) => ratio < 1).length;
  return median(ratios) <= 1 - margin && wins >= 0.75 * ratios.length;
}

interface Runner extends Entrant {
  /** How many runs fill a sample, and the time of one, at first sight. */
  readonly repeats: number;
  readonly timeUs: number;
  readonly samplesUs: number[];
}

async function calibrate(entrant: Entrant): Promise<Runner> {
  let repeats = 1;
  let timeUs = await entrant.run(repeats);
  while (timeUs < sampleUs && repeats < maxRepeats) {
    repeats *= 4;
    timeUs = await entrant.run(repeats);
  }
  return { ...entrant, repeats, timeUs: timeUs / repeats, samplesUs: [] };
}

/** Null for one that takes too long to be worth timing: twice, lest another process's work be taken for the rung's. */
async function admit(entrant: Entrant, bestUs: number): Promise<Runner | null> {
  await entrant.run(1); // Cold, when a driver may still compile.
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const runner = await calibrate(entrant);
    if (!(runner.timeUs > hopeless * bestUs)) return runner;
  }
  return null;
}

/**
 * Finds the fastest of some rungs, the default first. Where the times do not decide clearly, see `clearlyFaster`, an
 * earlier one wins: noise changes no choice.
 */
export async function race(entrants: readonly Entrant[]): Promise<RaceResult> {
  const runners: Runner[] = [];
  let bestUs = Infinity;
  for (const entrant of entrants) {
    const runner = await admit(entrant, bestUs);
    if (!runner) continue;
    bestUs = Math.min(bestUs, runner.timeUs);
    runners.push(runner);
  }
  // The same number for all, so that what submitting takes is the same share of each.
  const repeats = Math.max(...runners.map((runner) => runner.repeats));
  const long = repeats * bestUs > longSampleUs;
  for (let round = 0; runners.length > 1 && round < (long ? roundsOfLongSamples : rounds); round += 1) {
    // Another one first in each round: what a rung leaves in the caches is no one's steady advantage.
    const order = runners.map((_, index) => runners[(index + round) % runners.length]!);
    for (const { run, samplesUs } of order) samplesUs.push((await run(repeats)) / repeats);
  }
  const winner = runners.reduce((champion, challenger) =>
    clearlyFaster(challenger.samplesUs, champion.samplesUs) ? challenger : champion,
  );
  const times = entrants.map(({ rung }): [string, number | null] => {
    const runner = runners.find((one) => one.rung === rung);
    return [rung, runner ? median(runner.samplesUs.length > 0 ? runner.samplesUs : [runner.timeUs]) : null];
  });
  return { winner: winner.rung, timesUs: Object.fromEntries(times) };
}
