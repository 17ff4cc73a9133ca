import type { StoredShape } from "@fledge/runtime";

/** A flat run of elements; what shape they have is of no matter here. */
export interface ElementwiseShape extends StoredShape {
  readonly count: number;
}

/** A flat run of elements that changes its type: f32 to f16, rounded, or f16 to f32. */
export interface CastShape {
  readonly count: number;
  readonly to: "f16" | "f32";
}

export interface ScaleShape extends Pick<ElementwiseShape, "count"> {
  readonly factor: number;
}

/** A flat run of elements that is two, one behind the other. */
export interface TwoRunsShape {
  readonly countA: number;
  readonly countB: number;
}

/** What is put together: f32 where nothing is said. */
export interface ConcatenateShape extends TwoRunsShape {
  readonly dtype?: "f32" | "i32" | "u32";
}

/** Elements a 32-bit byte address reaches in f32. */
const maxCount = 2 ** 30;

/** Contents of `struct Params`, the same in every rung. */
export const elementwiseParams = ({ count }: ElementwiseShape): Readonly<Record<string, number>> => ({ count });

export const scaleParams = ({ count, factor }: ScaleShape): Readonly<Record<string, number>> => ({ count, factor });

/** One comparison, addition or multiplication for each element. */
export const elementwiseFlops = ({ count }: ElementwiseShape): number => count;

/** Throws where the count is no whole number in range. */
export function checkElementwise({ count }: ElementwiseShape): void {
  if (!Number.isInteger(count) || count < 1 || count > maxCount) {
    throw new Error(`elementwise: count is ${count}; it must be a whole number of elements from 1 to ${maxCount}`);
  }
}

/** Throws where the factor is no number, or the count none in range. */
export function checkScale({ count, factor }: ScaleShape): void {
  checkElementwise({ count });
  if (!Number.isFinite(factor)) throw new Error(`scale: factor is ${factor}; it must be a finite number`);
}

/** Throws where a run or both together are no whole number in range. */
export function checkTwoRuns({ countA, countB }: TwoRunsShape): void {
  for (const count of [countA, countB, countA + countB]) checkElementwise({ count });
}
