import type { TensorData } from "./run-kernel.ts";

/** An absolute bound for all elements, or one for each. */
export type Tolerance = number | Float64Array;

/**
 * The bounds of a rung with an `errorFactor`: `factor` times each, and at least times their mean. Terms that cancel in
 * one element come from its neighbours too, so such a rung is as exact as its tensor, not as each element, demands.
 */
export function widened(tolerance: Tolerance, factor: number): Tolerance {
  if (factor === 1) return tolerance;
  if (typeof tolerance === "number") return factor * tolerance;
  const mean = tolerance.reduce((sum, bound) => sum + bound, 0) / tolerance.length;
  return tolerance.map((bound) => factor * Math.max(bound, mean));
}

/**
 * Describes the worst element outside its bound, or returns null where all are inside.
 * NaN and infinities in `actual` fail; integers are compared exactly when the bound is 0.
 */
export function worstMismatch(actual: TensorData, expected: ArrayLike<number>, tolerance: Tolerance): string | null {
  if (actual.length !== expected.length) return `${actual.length} elements, expected ${expected.length}`;
  let worst = -1;
  let worstExcess = 0;
  for (let i = 0; i < expected.length; i++) {
    const bound = typeof tolerance === "number" ? tolerance : tolerance[i]!;
    const error = Math.abs(actual[i]! - expected[i]!);
    if (error <= bound) continue;
    const excess = Number.isNaN(error) ? Infinity : error - bound;
    if (worst < 0 || excess > worstExcess) {
      worst = i;
      worstExcess = excess;
    }
  }
  if (worst < 0) return null;
  const bound = typeof tolerance === "number" ? tolerance : tolerance[worst]!;
  return `element ${worst} is ${actual[worst]}, expected ${expected[worst]} within ${bound}`;
}
