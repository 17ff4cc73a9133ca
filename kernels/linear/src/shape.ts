import type { ReducedPrecision } from "@fledge/runtime";

/** Sizes of a fully connected layer. Layouts: x [N,IN], weight [IN,OUT], bias [OUT], out [N,OUT]. */
export interface LinearShape {
  readonly N: number;
  readonly IN: number;
  readonly OUT: number;
  /** Absent: f32. Reduced, by matrix units or not, only rungs that round their operands to f16 are chosen, but for ragged sizes. */
  readonly precision?: ReducedPrecision;
}

/** Contents of `struct Params`, the same in every rung. */
export const linearParams = ({ N, IN, OUT }: LinearShape): Readonly<Record<string, number>> => ({ N, IN, OUT });

/** Operations of the matrix product, a multiply-add counting two; the same in all three directions. */
export const productFlops = ({ N, IN, OUT }: LinearShape): number => 2 * N * IN * OUT;

/** The product, and one addition for each element of out: the bias, or its gradient. */
export const productAndBiasFlops = (shape: LinearShape): number => productFlops(shape) + shape.N * shape.OUT;

/** Throws where a size is no whole number of at least 1. */
export function checkLinear({ N, IN, OUT }: LinearShape): void {
  for (const [name, value] of Object.entries({ N, IN, OUT })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new Error(`linear: ${name} is ${value}; it must be a whole number of at least 1`);
    }
  }
}
