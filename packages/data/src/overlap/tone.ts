import type { Frame } from "./local-deviations.ts";
import { side } from "./side.ts";

/** What brightness and contrast make of the first picture's values: gain * value + offset. */
export interface Tone {
  readonly gain: number;
  readonly offset: number;
  /** Standard deviation of the second picture's values. */
  readonly contrast: number;
}

const rounds = 6;

/** Least scale of a difference that counts as one, in grey levels. */
const leastScale = 4;

/**
 * The tone that brings the first picture's values nearest to the second's, whatever lies over a part of one: least
 * squares reweighted by Cauchy's weight, whose scale falls from round to round. Looks at every `stride`-th pixel and row.
 */
export function toneOf(first: Float32Array, second: Float32Array, frame: Frame, stride: number): Tone {
  const contrast = deviationOf(second, frame, stride);
  let gain = 1;
  let offset = 0;
  for (let round = 0; round < rounds; round++) {
    const scale = round === 0 ? Infinity : Math.max(leastScale, contrast / 2 / round);
    let sum = 0;
    let a1 = 0;
    let b1 = 0;
    let aa = 0;
    let ab = 0;
    for (let y = frame.top; y < frame.bottom; y += stride) {
      for (let x = frame.left; x < frame.right; x += stride) {
        const a = first[y * side + x]!;
        const b = second[y * side + x]!;
        const weight = 1 / (1 + ((b - gain * a - offset) / scale) ** 2);
        sum += weight;
        a1 += weight * a;
        b1 += weight * b;
        aa += weight * a * a;
        ab += weight * a * b;
      }
    }
    gain = (ab - (a1 * b1) / sum) / (aa - (a1 * a1) / sum + 1e-6);
    offset = (b1 - gain * a1) / sum;
  }
  return { gain, offset, contrast };
}

function deviationOf(values: Float32Array, { left, top, right, bottom }: Frame, stride: number): number {
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let y = top; y < bottom; y += stride) {
    for (let x = left; x < right; x += stride) {
      const value = values[y * side + x]!;
      sum += value;
      squares += value * value;
      count++;
    }
  }
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
}
