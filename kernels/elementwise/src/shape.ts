/** A flat run of elements; what shape they have is of no matter here. */
export interface ElementwiseShape {
  readonly count: number;
}

/** Elements a 32-bit byte address reaches in f32. */
const maxCount = 2 ** 30;

/** Contents of `struct Params`, the same in every rung. */
export const elementwiseParams = ({ count }: ElementwiseShape): Readonly<Record<string, number>> => ({ count });

/** One comparison or addition for each element. */
export const elementwiseFlops = ({ count }: ElementwiseShape): number => count;

/** Throws where the count is no whole number in range. */
export function checkElementwise({ count }: ElementwiseShape): void {
  if (!Number.isInteger(count) || count < 1 || count > maxCount) {
    throw new Error(`elementwise: count is ${count}; it must be a whole number of elements from 1 to ${maxCount}`);
  }
}
