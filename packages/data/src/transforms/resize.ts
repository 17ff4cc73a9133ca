import { rgbImage } from "../image.ts";
import type { RgbImage } from "../image.ts";

/** Weights are integers in units of 2^-22, as in Pillow: 32 bits less 8 for the pixel and 2 to spare. */
const PRECISION_BITS = 22;
const HALF = 1 << (PRECISION_BITS - 1);

/** For every output position the input positions it reads and their weights. */
interface Taps {
  /** First input position, by output position. */
  readonly first: Int32Array;
  /** Number of input positions, by output position. */
  readonly count: Int32Array;
  /** Weights, `stride` entries for each output position. */
  readonly weights: Int32Array;
  readonly stride: number;
}

/**
 * Resizes with Pillow's antialiased bilinear filter (Image.resize, BILINEAR), byte for byte: a triangle as wide as
 * the scale when shrinking, the horizontal pass first and rounded to bytes before the vertical one.
 * A direction whose size does not change is left alone. Throws a RangeError unless the sizes are positive integers.
 */
export function resize(image: RgbImage, width: number, height: number): RgbImage {
  const wide = width === image.width ? image : resizeHorizontally(image, rgbImage(width, image.height));
  return height === wide.height ? wide : resizeVertically(wide, rgbImage(width, height));
}

/** Pillow's precompute_coeffs and normalize_coeffs_8bpc (Resample.c). */
function triangleTaps(inputSize: number, outputSize: number): Taps {
  const scale = inputSize / outputSize;
  const support = Math.max(scale, 1); // half the width of the triangle, in input pixels
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(outputSize);
  const count = new Int32Array(outputSize);
  const weights = new Int32Array(outputSize * stride);
  const triangle = new Float64Array(stride);
  for (let i = 0; i < outputSize; i += 1) {
    const center = (i + 0.5) * scale;
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

function resizeHorizontally(image: RgbImage, out: RgbImage): RgbImage {
  const { first, count, weights, stride } = triangleTaps(image.width, out.width);
  const source = image.data;
  let target = 0;
  for (let y = 0; y < out.height; y += 1) {
    const row = y * image.width * 3;
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

function resizeVertically(image: RgbImage, out: RgbImage): RgbImage {
  const { first, count, weights, stride } = triangleTaps(image.height, out.height);
  const source = image.data;
  const rowBytes = out.width * 3;
  const sums = new Int32Array(rowBytes);
  for (let y = 0; y < out.height; y += 1) {
    const taps = count[y]!;
    const top = first[y]! * rowBytes;
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
