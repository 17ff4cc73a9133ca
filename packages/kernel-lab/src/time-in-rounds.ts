import { shuffled, type Random } from "./random.ts";

/** Microseconds that `repeats` runs of something took, submitted together. */
export type TimeRuns = (repeats: number) => Promise<number>;

/** A software adapter takes about 30 us for an empty dispatch, so this many fill the longest sample. */
const maxRepeats = 2048;

/** Warms up, and finds how many runs fill a sample, unless that takes more than 2048, and how long one of them takes. */
export async function calibrate(
  time: TimeRuns,
  sampleUs: number,
): Promise<{ readonly repeats: number; readonly timeUs: number }> {
  let repeats = 1;
  let timeUs = await time(repeats);
  while (timeUs < sampleUs && repeats < maxRepeats) {
    // A coarse clock may show nothing at all.
    const factor = Math.min(16, Math.max(2, Math.ceil(sampleUs / Math.max(timeUs, 1e-3))));
    repeats = Math.min(maxRepeats, repeats * factor);
    timeUs = await time(repeats);
  }
  return { repeats, timeUs: timeUs / repeats };
}

/** What takes part in the rounds: so many samples, each of so many runs. */
export interface Entrant {
  readonly time: TimeRuns;
  readonly repeats: number;
  readonly samples: number;
}

/**
 * Samples of each entrant: microseconds of one run. They are taken in rounds, each in a new random order, and an
 * entrant of few samples takes part in few rounds, spread over all: so a drift of the machine falls on all alike, and
 * what one leaves in the caches is no other's steady advantage. Entrants of equally many samples have one in each round.
 */
export async function timeInRounds(entrants: readonly Entrant[], random: Random): Promise<number[][]> {
  const all = entrants.map((entrant) => ({ ...entrant, samplesUs: [] as number[] }));
  const rounds = Math.max(...all.map(({ samples }) => samples));
  for (let round = 1; round <= rounds; round += 1) {
    const due = all.filter(({ samples, samplesUs }) => samplesUs.length < Math.floor((round * samples) / rounds));
    for (const { time, repeats, samplesUs } of shuffled(due, random)) {
      samplesUs.push((await time(repeats)) / repeats);
    }
  }
  return all.map(({ samplesUs }) => samplesUs);
}
