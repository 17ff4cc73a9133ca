import type { Arena } from "../simd/arena.ts";

/** Weights are integers in units of 2^-22, as in Pillow: 32 bits less 8 for the pixel and 2 to spare. */
const PRECISION_BITS = 22;
/** A weight's lower part; the rest is its upper. */
const LOWER_BITS = 11;

/** For every output position of a stretch the input positions it reads and their weights, as the pixel code has them. */
export interface Taps {
  /** Address of 32-bit numbers: the first input position. */
  readonly firsts: number;
  /** Address of 32-bit numbers: pairs of input positions. */
  readonly pairs: number;
  /** Address of 16-bit numbers: for every pair two upper parts of weights and two lower ones. */
  readonly weights: number;
  /** Bytes of an output position's weights. */
  readonly weightStride: number;
  /** The input positions that are read are those from `least` to `end` - 1. */
  readonly least: number;
  readonly end: number;
}

/** Pillow's precompute_coeffs and normalize_coeffs_8bpc (Resample.c), for `length` output positions from `start` on. */
export function triangleTaps(arena: Arena, inputSize: number, outputSize: number, start: number, length: number): Taps {
  const scale = inputSize / outputSize;
  const support = Math.max(scale, 1); // half the width of the triangle, in input pixels
  const stride = (Math.ceil(support) + 1) * 4; // two pairs of parts for up to 2 * ceil(support) + 1 taps
  const firsts = arena.words(length);
  const pairs = arena.words(length);
  const weights = arena.words((length * stride) / 2);
  const parts = new Int16Array(weights.words.buffer, weights.address, length * stride);
  const triangle = new Float64Array(stride);
  let end = 0;
  for (let i = 0; i < length; i += 1) {
    const center = (start + i + 0.5) * scale;
    const low = Math.trunc(Math.max(0, center - support + 0.5));
    const high = Math.min(inputSize, Math.trunc(center + support + 0.5));
    const taps = high - low;
    let sum = 0;
    for (let j = 0; j < taps; j += 1) {
      const weight = Math.max(0, 1 - Math.abs((j + low - center + 0.5) * (1 / support)));
      triangle[j] = weight;
      sum += weight;
    }
    triangle[taps] = 0; // beside an odd tap
    for (let j = 0; j < taps; j += 2) {
      const at = i * stride + j * 2;
      const one = Math.trunc((triangle[j]! / sum) * 2 ** PRECISION_BITS + 0.5);
      const two = Math.trunc((triangle[j + 1]! / sum) * 2 ** PRECISION_BITS + 0.5);
      parts[at] = one >> LOWER_BITS;
      parts[at + 1] = two >> LOWER_BITS;
      parts[at + 2] = one & (2 ** LOWER_BITS - 1);
      parts[at + 3] = two & (2 ** LOWER_BITS - 1);
    }
    firsts.words[i] = low;
    pairs.words[i] = (taps + 1) >> 1;
    end = Math.max(end, high);
  }
  return {
    firsts: firsts.address,
    pairs: pairs.address,
    weights: weights.address,
    weightStride: stride * 2,
    least: firsts.words[0]!,
    end,
  };
}
