import { imageWords, JOB_WORDS, type BatchShape, type Placed } from "../src/index.ts";

/** Width and height. */
export type Size = readonly [number, number];

/** Ragged, of one pixel, of one row or column, under three pixels, and past a workgroup's turns. */
export const sizes: readonly Size[] = [
  [1, 1],
  [2, 2],
  [3, 3],
  [1, 40],
  [40, 1],
  [5, 4],
  [17, 15],
  [37, 29],
  [71, 61],
];

/** Where images of these sizes lie, each with room for its result behind it. */
export function placed(of: readonly Size[], resultWords: (size: Size) => number = wordsOf): Placed[] {
  let next = 0;
  return of.map(([width, height]) => {
    const from = next;
    const to = from + wordsOf([width, height]);
    next = to + resultWords([width, height]);
    return { from, to, width, height };
  });
}

const wordsOf = ([width, height]: Size): number => imageWords({ width, height });

/** The shape of a batch of these, with a job too many, which is of no kind. */
export const batchOf = (of: readonly Size[], resultWords: (size: Size) => number = wordsOf): BatchShape => ({
  N: of.length + 1,
  bytes: 4 * of.reduce((sum, size) => sum + wordsOf(size) + resultWords(size), 0),
});

export function jobsOf({ N }: BatchShape, jobs: readonly Uint32Array[]): Uint32Array<ArrayBuffer> {
  const all = new Uint32Array(N * JOB_WORDS);
  jobs.forEach((job, n) => all.set(job, n * JOB_WORDS));
  return all;
}

/** Bytes of pictures: noise, stretches of one value, slopes. @param uniform draws from [-1, 1) */
export function drawnBytes(bytes: number, uniform: () => number): Uint8Array<ArrayBuffer> {
  const byte = (): number => Math.floor(((uniform() + 1) / 2) * 256);
  const out = new Uint8Array(bytes);
  for (let start = 0; start < bytes; start += 300) {
    const [kind, value, slope] = [byte() % 3, byte(), byte() % 7];
    for (let i = start; i < Math.min(start + 300, bytes); i += 1)
      out[i] = kind === 0 ? byte() : value + (kind === 1 ? 0 : Math.floor((i - start) / 3) * slope + (i % 3) * 9);
  }
  return out;
}
