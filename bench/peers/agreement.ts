import type { Outputs } from "./contender.ts";
import type { Kind } from "./tasks.ts";

/**
 * What sums of a few thousand f32 products in another order may differ by, as a share of the greatest magnitude;
 * networks add up the differences of 53 layers, and the second loss those of an update.
 */
export const tolerances: Readonly<Record<Kind, number>> = { conv: 1e-4, batchnorm: 1e-4, forward: 1e-3, train: 1e-3 };

/**
 * Greatest difference of `actual` from `expected` as a share of the greatest magnitude in `expected`, over the tensors
 * that both have; infinite on NaN. @throws where they share no tensor, or one differs in length
 */
export function differenceOf(actual: Outputs, expected: Outputs): number {
  const names = Object.keys(actual).filter((name) => name in expected);
  if (names.length === 0)
    throw new Error(`nothing to compare: ${Object.keys(actual).join()} and ${Object.keys(expected).join()}`);
  return Math.max(...names.map((name) => tensorDifference(name, actual[name]!, expected[name]!)));
}

function tensorDifference(name: string, actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length)
    throw new Error(`${name} has ${actual.length} elements, not ${expected.length}`);
  let greatest = 0;
  let difference = 0;
  for (let i = 0; i < expected.length; i++) {
    greatest = Math.max(greatest, Math.abs(expected[i]!));
    difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!)); // Math.max keeps NaN.
  }
  const share = difference === 0 ? 0 : difference / greatest;
  return Number.isNaN(share) ? Infinity : share;
}
