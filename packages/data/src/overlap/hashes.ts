import { levelOffsets, levelSides } from "./picture.ts";

/** A part of a side that a copy may have been cut to, in 0 .. 1. */
type Part = readonly [from: number, to: number];

const whole: Part = [0, 1];
const large: readonly Part[] = [0, 0.05, 0.1].map((from) => [from, from + 0.9]);
const small: readonly Part[] = [0, 0.06, 0.12, 0.18].map((from) => [from, from + 0.82]);

/** The parts of a side; the whole one is the first. */
const parts: readonly Part[] = [whole, ...large, ...small];

/** A part of a picture. */
export interface Cut {
  readonly across: Part;
  readonly down: Part;
}

const all = (downs: readonly Part[], acrosses: readonly Part[]): Cut[] =>
  downs.flatMap((down) => acrosses.map((across) => ({ across, down })));

/**
 * What a picture is hashed as: the whole, which is the first, and the parts that a copy cut by up to a fifth comes near
 * enough to, whether it was cut on both sides alike or on one alone.
 */
export const cuts: readonly Cut[] = [
  ...all([whole], parts),
  ...all([...large, ...small], [whole]),
  ...all(large, large),
  ...all(small, small),
];

/** Hashes of a picture, one for each cut. */
export const hashesPerPicture: number = cuts.length;

/**
 * Words of 32 bits of a hash. Those of the first half are of cosines that are even across, and stay where the picture is
 * mirrored; those of the second half are odd, and all turn round.
 */
export const wordsPerHash = 4;

const level = 1;
const side = levelSides[level];
const frequencies = 14;

/** [across, down]: the frequencies whose signs are the bits, half of them even across, the lowest but the constant one. */
const chosen: readonly (readonly [number, number])[] = [0, 1].flatMap((parity) =>
  Array.from({ length: frequencies ** 2 }, (_, i) => [i % frequencies, Math.floor(i / frequencies)] as const)
    .filter(([across, down]) => across + down > 0 && across % 2 === parity)
    .sort((a, b) => a[0] ** 2 + a[1] ** 2 - (b[0] ** 2 + b[1] ** 2) || a[0] - b[0])
    .slice(0, 16 * wordsPerHash),
);

/** [parts, frequencies, side]: the cosines over each part; a pixel that the part cuts weighs by its share. */
const cosines: Float32Array = new Float32Array(parts.length * frequencies * side);
parts.forEach(([from, to], part) => {
  for (let frequency = 0; frequency < frequencies; frequency++) {
    for (let x = 0; x < side; x++) {
      const [left, right] = [Math.max(x, from * side), Math.min(x + 1, to * side)];
      const at = ((left + right) / 2 / side - from) / (to - from);
      const weight = Math.max(0, right - left) / (to - from);
      cosines[(part * frequencies + frequency) * side + x] = weight * Math.cos(Math.PI * frequency * at);
    }
  }
});

/**
 * The hashes of a picture, [hashesPerPicture, wordsPerHash], as if each part had been stretched to a picture of its own:
 * the signs of the lowest frequencies of the discrete cosine transform (the perceptual hash of Zauner 2010, by sign).
 */
export function hashesOf(picture: Int8Array): Int32Array {
  const rows = parts.length * frequencies;
  const across = new Float32Array(rows * side);
  for (let y = 0; y < side; y++) {
    const pixels = picture.subarray(levelOffsets[level] + y * side, levelOffsets[level] + (y + 1) * side);
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      for (let x = 0, at = row * side; x < side; x++, at++) sum += pixels[x]! * cosines[at]!;
      across[row * side + y] = sum;
    }
  }
  const hashes = new Int32Array(hashesPerPicture * wordsPerHash);
  for (const [number, cut] of cuts.entries()) {
    const [partDown, partAcross] = [parts.indexOf(cut.down), parts.indexOf(cut.across)];
    for (const [bit, frequency] of chosen.entries()) {
      const column = (partAcross * frequencies + frequency[0]) * side;
      const weights = (partDown * frequencies + frequency[1]) * side;
      let sum = 0;
      for (let y = 0; y < side; y++) sum += across[column + y]! * cosines[weights + y]!;
      if (sum > 0) hashes[number * wordsPerHash + (bit >> 5)]! |= 1 << (bit & 31);
    }
  }
  return hashes;
}
