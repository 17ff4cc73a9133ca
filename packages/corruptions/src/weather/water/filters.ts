import { mirrorIndex } from "../../raster/borders.ts";

/** A 3x3 correlation of [H, W], row-major weights, borders mirrored without repeating the edge (OpenCV's filter2D). */
export function correlate3x3(
  values: ArrayLike<number>,
  width: number,
  height: number,
  weights: ArrayLike<number>,
): Float64Array {
  const out = new Float64Array(width * height);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      let sum = 0;
      for (let k = 0; k < 9; k += 1) {
        const y = mirrorIndex(row + Math.floor(k / 3) - 1, height);
        const x = mirrorIndex(column + (k % 3) - 1, width);
        sum += weights[k]! * values[y * width + x]!;
      }
      out[row * width + column] = sum;
    }
  }
  return out;
}

/** The mean of 3x3 values, borders as above (OpenCV's blur). */
export const boxMean = (values: ArrayLike<number>, width: number, height: number): Float64Array =>
  correlate3x3(values, width, height, new Float64Array(9).fill(1)).map((sum) => sum / 9);

/** Levels spread so that all are used about equally often (OpenCV's equalizeHist); one level alone stays. */
export function equalized(levels: Uint8Array): Uint8Array {
  const counts = new Uint32Array(256);
  for (const level of levels) counts[level]! += 1;
  const least = counts.findIndex((count) => count > 0);
  if (counts[least] === levels.length) return levels;
  const scale = 255 / (levels.length - counts[least]!);
  const table = new Uint8ClampedArray(256);
  let below = 0;
  for (let level = least + 1; level < 256; level += 1) {
    below += counts[level]!;
    table[level] = below * scale;
  }
  return levels.map((level) => table[level]!);
}
