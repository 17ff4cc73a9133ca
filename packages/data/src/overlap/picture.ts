import { clip, localDeviations } from "./local-deviations.ts";
import { side } from "./side.ts";

/** Sides of a picture's levels, each half the one before: grey values, then twice local deviations. */
export const levelSides = [side, side / 2, side / 4] as const;

/** Which of a picture's levels: 0 is the finest. */
export type Level = 0 | 1 | 2;

/** Where each level begins in a picture's values. */
export const levelOffsets = [0, side ** 2, side ** 2 + (side / 2) ** 2] as const;

/** Values of a picture: all its levels. */
export const pictureSize: number = levelOffsets[2] + levelSides[2] ** 2;

/** A local deviation of 1 as it is stored. */
const unit = Math.floor(127 / clip);

/**
 * What the finder keeps of a picture, `pictureSize` signed bytes of [side, side] grey bytes: these less 128, and two
 * coarser levels of the local deviations of their blurred values. Blurred first: a fine texture would otherwise make
 * most of every deviation, and two cuts of one picture be taken for different ones until they lie within half its period.
 */
export function pictureOf(grey: Uint8Array): Int8Array {
  const picture = new Int8Array(pictureSize);
  for (let i = 0; i < grey.length; i++) picture[i] = grey[i]! - 128;
  let finer = localDeviations(blurred(halved(grey, levelSides[1]), levelSides[1]), levelSides[1]);
  for (const level of [1, 2] as const) {
    if (level === 2) finer = halved(finer, levelSides[level]);
    for (let i = 0; i < finer.length; i++) picture[levelOffsets[level] + i] = Math.round(unit * finer[i]!);
  }
  return picture;
}

/** The mean over 3 x 3 pixels, as far as there are so many. */
function blurred(values: Float32Array, of: number): Float32Array {
  const out = new Float32Array(of * of);
  for (let y = 0; y < of; y++) {
    for (let x = 0; x < of; x++) {
      let [sum, count] = [0, 0];
      for (let row = Math.max(0, y - 1); row <= Math.min(of - 1, y + 1); row++) {
        for (let column = Math.max(0, x - 1); column <= Math.min(of - 1, x + 1); column++) {
          sum += values[row * of + column]!;
          count++;
        }
      }
      out[y * of + x] = sum / count;
    }
  }
  return out;
}

/** The mean over 2 x 2 pixels; `to` is the new side. */
function halved(values: ArrayLike<number>, to: number): Float32Array {
  const out = new Float32Array(to * to);
  for (let y = 0; y < to; y++) {
    for (let x = 0; x < to; x++) {
      const at = 4 * y * to + 2 * x;
      out[y * to + x] = (values[at]! + values[at + 1]! + values[at + 2 * to]! + values[at + 2 * to + 1]!) / 4;
    }
  }
  return out;
}
