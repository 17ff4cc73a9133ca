const wanted = process.env["FLEDGE_FAULTS"];

/** `FLEDGE_FAULTS=long` tries everything, for hours; a number that many of each; without it a few, in less than a minute. */
export const long = wanted === "long" || Number(wanted) > 0;

/** Of all that is drawn at random: the same seed tries the same cases. */
export const seed = Number(process.env["FLEDGE_FAULTS_SEED"] ?? 1);

/** The number of the first case, so that several sessions of one seed add up. */
export const from = Number(process.env["FLEDGE_FAULTS_FROM"] ?? 0);

/** How many cases are tried: so many in the short form, and at most in the long. */
export const casesOf = (short: number, atLength: number): number =>
  long ? Math.min(atLength, Number(wanted) || atLength) : short;

/**
 * The share of `items` that is tried, spread evenly from a seeded start: so many in the short form, and in the long as
 * many as are wanted, at most `atLength`, of those from the first case on.
 */
export function tried<T>(items: readonly T[], short: number, atLength: number, random: () => number): readonly T[] {
  const all = spread(items, long ? atLength : short, random);
  return long ? all.slice(from, from + casesOf(short, atLength)) : all;
}

function spread<T>(items: readonly T[], count: number, random: () => number): readonly T[] {
  if (items.length <= count) return items;
  const step = items.length / count;
  const first = random() * step;
  return Array.from({ length: count }, (_, index) => items[Math.floor(first + index * step)]!);
}

/** Prints a figure, as `main.mjs` looks for it. */
export const figure = (text: string): void => console.log(`faults: ${text}`);

/** Numbers of [0, 1) from seeds (mulberry32): the same ones every time. */
export function seeded(...seeds: readonly number[]): () => number {
  let state = seeds.reduce((mixed, one) => Math.imul(mixed ^ one, 0x9e3779b1) + one, 0);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
