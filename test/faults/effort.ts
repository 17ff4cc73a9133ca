const wanted = process.env["FLEDGE_FAULTS"];

/** `FLEDGE_FAULTS=long` tries everything, for hours; a number that many of each; without it a few, in less than a minute. */
export const long = wanted === "long" || Number(wanted) > 0;

/** How many cases are tried: so many in the short form, and at most in the long. */
export const casesOf = (short: number, atLength: number): number =>
  long ? Math.min(atLength, Number(wanted) || atLength) : short;

/** The share of `items` that is tried, spread evenly from a seeded start: so many in the short form, and at most in the long. */
export function tried<T>(items: readonly T[], short: number, atLength: number, random: () => number): readonly T[] {
  const count = casesOf(short, atLength);
  if (items.length <= count) return items;
  const step = items.length / count;
  const from = random() * step;
  return Array.from({ length: count }, (_, index) => items[Math.floor(from + index * step)]!);
}

/** Prints a figure, as `print-figures.mjs` looks for it. */
export const figure = (text: string): void => console.log(`faults: ${text}`);

/** Numbers of [0, 1) from a seed (mulberry32): the same ones every time. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
