import { rgbImage } from "../../src/image.ts";
import type { RgbImage } from "../../src/image.ts";
import { checkBox, crop, type CropBox } from "../../src/transforms/crop.ts";

/** Weights are integers in units of 2^-22, as in Pillow: 32 bits less 8 for the pixel and 2 to spare. */
const PRECISION_BITS = 22;
const HALF = 1 << (PRECISION_BITS - 1);

/** For every output position of a stretch the input positions it reads and their weights. */
interface Taps {
  /** First input position, by output position of the stretch. */
  readonly first: Int32Array;
  /** Number of input positions, by output position of the stretch. */
  readonly count: Int32Array;
  /** Weights, `stride` entries for each output position. */
  readonly weights: Int32Array;
  readonly stride: number;
}

/**
 * Resizes with Pillow's antialiased bilinear filter (Image.resize, BILINEAR), byte for byte: a triangle as wide as
 * the scale when shrinking, the horizontal pass first and rounded to bytes before the vertical one.
 * An image whose size does not change is left alone. Of the resized image only `box` is computed, so that one with a
 * side of millions costs no more than the part that is wanted.
 * Throws a RangeError unless the sizes are positive integers and the box lies inside.
 */
export function resize(
  image: RgbImage,
  width: number,
  height: number,
  box: CropBox = { top: 0, left: 0, width, height },
): RgbImage {
  const out = rgbImage(box.width, box.height);
  checkBox(box, { width, height });
  if (width === image.width && height === image.height) {
    return box.width === width && box.height === height ? image : crop(image, box);
  }
  const across = triangleTaps(image.width, width, box.left, box.width);
  const down = triangleTaps(image.height, height, box.top, box.height);
  // The rows that the box reads, and no other, go through the horizontal pass.
  const top = down.first[0]!;
  const rows = down.first.at(-1)! + down.count.at(-1)! - top;
  return resizeVertically(resizeHorizontally(image, across, top, rgbImage(box.width, rows)), down, top, out);
}

/** Pillow's precompute_coeffs and normalize_coeffs_8bpc (Resample.c), for `length` output positions from `start` on. */
function triangleTaps(inputSize: number, outputSize: number, start: number, length: number): Taps {
  const scale = inputSize / outputSize;
  const support = Math.max(scale, 1); // half the width of the triangle, in input pixels
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(length);
  const count = new Int32Array(length);
  const weights = new Int32Array(length * stride);
  const triangle = new Float64Array(stride);
  for (let i = 0; i < length; i += 1) {
    const center = (start + i + 0.5) * scale;
    const low = Math.trunc(Math.max(0, center - support + 0.5));
    const high = Math.min(inputSize, Math.trunc(center + support + 0.5));
    let sum = 0;
    for (let j = low; j < high; j += 1) {
      const weight = Math.max(0, 1 - Math.abs((j - center + 0.5) * (1 / support)));
      triangle[j - low] = weight;
      sum += weight;
    }
    for (let j = 0; j < high - low; j += 1) {
      weights[i * stride + j] = Math.trunc((triangle[j]! / sum) * 2 ** PRECISION_BITS + 0.5);
    }
    first[i] = low;
    count[i] = high - low;
  }
  return { first, count, weights, stride };
}

// The weighted sums stay below 2^31, and the weights sum to 2^22 so closely that no sum rounds to more than 255.

/** The rows of `image` from `top` on, as many as `out` has. */
function resizeHorizontally(
  image: RgbImage,
  { first, count, weights, stride }: Taps,
  top: number,
  out: RgbImage,
): RgbImage {
  const source = image.data;
  let target = 0;
  for (let y = 0; y < out.height; y += 1) {
    const row = (top + y) * image.width * 3;
    for (let x = 0; x < out.width; x += 1) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let pixel = row + first[x]! * 3;
      const end = x * stride + count[x]!;
      for (let k = x * stride; k < end; k += 1, pixel += 3) {
        const weight = weights[k]!;
        red += Math.imul(weight, source[pixel]!);
        green += Math.imul(weight, source[pixel + 1]!);
        blue += Math.imul(weight, source[pixel + 2]!);
      }
      out.data[target] = red >> PRECISION_BITS;
      out.data[target + 1] = green >> PRECISION_BITS;
      out.data[target + 2] = blue >> PRECISION_BITS;
      target += 3;
    }
  }
  return out;
}

/** `image` begins with row `firstRow` of the one that the taps count in. */
function resizeVertically(
  image: RgbImage,
  { first, count, weights, stride }: Taps,
  firstRow: number,
  out: RgbImage,
): RgbImage {
  const source = image.data;
  const rowBytes = out.width * 3;
  const sums = new Int32Array(rowBytes);
  for (let y = 0; y < out.height; y += 1) {
    const taps = count[y]!;
    const top = (first[y]! - firstRow) * rowBytes;
    if (taps <= 3) {
      const [second, third] = [taps > 1 ? top + rowBytes : top, taps > 2 ? top + 2 * rowBytes : top];
      const row = out.data.subarray(y * rowBytes, (y + 1) * rowBytes);
      blendRows(source, top, second, third, weights.subarray(y * stride), row);
      continue;
    }
    sums.fill(HALF);
    for (let k = 0; k < taps; k += 1) {
      const weight = weights[y * stride + k]!;
      const row = top + k * rowBytes;
      for (let i = 0; i < rowBytes; i += 1) sums[i]! += Math.imul(weight, source[row + i]!);
    }
    for (let i = 0; i < rowBytes; i += 1) out.data[y * rowBytes + i] = sums[i]! >> PRECISION_BITS;
  }
  return out;
}

/**
 * A row of up to three rows above one another, which start at `a`, `b` and `c` of `source`: weights past the last tap
 * are 0. Most rows are such, and without sums kept in between they take less than half the time.
 */
function blendRows(source: Uint8Array, a: number, b: number, c: number, weights: Int32Array, out: Uint8Array): void {
  const [first, second, third] = [weights[0]!, weights[1]!, weights[2]!];
  for (let i = 0; i < out.length; i += 1) {
    const sum =
      HALF + Math.imul(first, source[a + i]!) + Math.imul(second, source[b + i]!) + Math.imul(third, source[c + i]!);
    out[i] = sum >> PRECISION_BITS;
  }
}
