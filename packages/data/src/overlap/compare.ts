import type { Difference } from "./difference.ts";
import { localDeviations, type Frame } from "./local-deviations.ts";
import { side } from "./side.ts";

/** Half the side of the square whose mean is taken off for the detail. */
const detailRadius = 2;

/** How two aligned pictures agree where they are not changed. */
export interface Agreement {
  /** Agreement of the local deviations, 1 where they are equal. */
  readonly look: number;
  /** Correlation of their fine detail. */
  readonly detail: number;
}

/** Compares two pictures where they are not changed. */
export function agreementOf({ first, second, changed, frame }: Difference): Agreement {
  const [a, b] = [Float32Array.from(first), Float32Array.from(second)];
  // What is changed may not colour its surroundings: their local means and deviations would differ too.
  for (let i = 0; i < changed.length; i++) if (changed[i] === 1) a[i] = b[i] = (a[i]! + b[i]!) / 2;
  const [deviationsA, deviationsB] = [localDeviations(a, side, frame), localDeviations(b, side, frame)];
  const look = products(deviationsA, deviationsB, changed, frame);
  const detail = products(detailOf(deviationsA, frame), detailOf(deviationsB, frame), changed, frame);
  return {
    look: (2 * look.ab) / (look.aa + look.bb + 1e-9),
    detail: detail.ab / Math.sqrt(detail.aa * detail.bb + 1e-9),
  };
}

/** Sums of squares and products of what is not changed. */
function products(a: Float32Array, b: Float32Array, changed: Uint8Array, frame: Frame) {
  let [aa, bb, ab] = [0, 0, 0];
  for (let y = frame.top; y < frame.bottom; y++) {
    for (let i = y * side + frame.left; i < y * side + frame.right; i++) {
      if (changed[i] === 1) continue;
      aa += a[i]! * a[i]!;
      bb += b[i]! * b[i]!;
      ab += a[i]! * b[i]!;
    }
  }
  return { aa, bb, ab };
}

/** The values less the mean of the 5 x 5 pixels about each, as far as these lie in the frame. */
function detailOf(values: Float32Array, frame: Frame): Float32Array {
  const width = side + 1;
  const sums = new Float64Array(width * width);
  for (let y = frame.top; y < frame.bottom; y++) {
    let sum = 0;
    for (let x = frame.left; x < frame.right; x++) {
      sum += values[y * side + x]!;
      sums[(y + 1) * width + x + 1] = sums[y * width + x + 1]! + sum;
    }
  }
  const detail = new Float32Array(side * side);
  for (let y = frame.top; y < frame.bottom; y++) {
    const top = Math.max(frame.top, y - detailRadius);
    const bottom = Math.min(frame.bottom, y + detailRadius + 1);
    for (let x = frame.left; x < frame.right; x++) {
      const left = Math.max(frame.left, x - detailRadius);
      const right = Math.min(frame.right, x + detailRadius + 1);
      const upper = sums[top * width + right]! - sums[top * width + left]!;
      const lower = sums[bottom * width + right]! - sums[bottom * width + left]!;
      detail[y * side + x] = values[y * side + x]! - (lower - upper) / ((right - left) * (bottom - top));
    }
  }
  return detail;
}
