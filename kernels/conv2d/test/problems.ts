import type { Kernel } from "@fledge/runtime";
import { conv2dForward, conv2dGradInput, conv2dGradWeight, type Conv2dShape } from "../src/index.ts";
import { conv2dForwardReference, conv2dGradInputReference, conv2dGradWeightReference } from "../src/reference.ts";
import { asGemm } from "../src/shape.ts";
import { gradWeightGemm } from "../src/grad-weight/split.ts";

type Operand = Float32Array<ArrayBuffer>;
type Data = Readonly<Record<string, ArrayLike<number>>>;

/** Inputs, float64 outputs and error bounds of one direction, as the test and the bench harness take them. */
interface Problem {
  readonly kernel: Kernel<Conv2dShape>;
  readonly inputs: (shape: Conv2dShape, uniform: () => number) => Readonly<Record<string, Operand>>;
  readonly reference: (shape: Conv2dShape, inputs: Data) => Readonly<Record<string, Float64Array>>;
  readonly tolerance: (shape: Conv2dShape, inputs: Data) => Readonly<Record<string, Float64Array>>;
}

/** A value in [-1, 1), and one in 16 of them 30 times as large: a sum of equals would hide a lost or doubled term. */
const withOutliers = (uniform: () => number) => (): number => (uniform() < -0.875 ? 30 : 1) * uniform();

type Reference = (shape: Conv2dShape, a: Operand, b: Operand) => Float64Array;

/** `names` are the two operands and the result; `gemmK` is how many products one element of the result sums. */
function problem(
  kernel: Kernel<Conv2dShape>,
  [a, b, result]: readonly [string, string, string],
  compute: Reference,
  gemmK: (shape: Conv2dShape) => number,
): Problem {
  const absolute = (data: ArrayLike<number>): Operand => Float32Array.from(data, Math.abs);
  return {
    kernel,
    inputs: (shape, uniform) => {
      const draw = withOutliers(uniform);
      const fill = (name: string): Operand => {
        const size = kernel.tensors(shape)[name]!.shape.reduce((product, length) => product * length, 1);
        return Float32Array.from({ length: size }, draw);
      };
      return { [a]: fill(a), [b]: fill(b) };
    },
    reference: (shape, data) => ({ [result]: compute(shape, data[a] as Operand, data[b] as Operand) }),
    // K products, each rounded, then K additions: independent roundings of up to 2^-24 of the partial sum grow as
    // sqrt(K), and the sum of |products| bounds every partial sum. 4 covers short K, 2 a product that is not fused.
    tolerance: (shape, data) => {
      const bound = (4 + Math.sqrt(gemmK(shape))) * 2 ** -24 * 2;
      return { [result]: compute(shape, absolute(data[a]!), absolute(data[b]!)).map((sum) => bound * sum) };
    },
  };
}

export const forwardProblem = problem(
  conv2dForward,
  ["x", "weight", "out"],
  conv2dForwardReference,
  (shape) => asGemm(shape).gemmK,
);
export const gradInputProblem = problem(
  conv2dGradInput,
  ["dOut", "weight", "dX"],
  conv2dGradInputReference,
  ({ KH, KW, OC }) => KH * KW * OC,
);
export const gradWeightProblem = problem(
  conv2dGradWeight,
  ["x", "dOut", "dWeight"],
  conv2dGradWeightReference,
  (shape) => gradWeightGemm(shape).gemmK,
);
