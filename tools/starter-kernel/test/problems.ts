import type { TensorData } from "@fledge/testing";
import { starterKernelForward, type StarterKernelShape } from "../src/index.ts";
import { starterKernelReference } from "../src/reference.ts";

// The kernel with inputs, reference and bounds: what the tests and the benchmark share.

type Inputs = Readonly<Record<string, TensorData>>;

/** Uniform values with an outlier in each hundred. */
const draw = ({ count }: StarterKernelShape, uniform: () => number): Float32Array<ArrayBuffer> =>
  new Float32Array(count).map((_, i) => uniform() * (i % 100 === 7 ? 1000 : 1));

export const forwardProblem = {
  kernel: starterKernelForward,
  inputs: (shape: StarterKernelShape, uniform: () => number) => ({ x: draw(shape, uniform) }),
  reference: (_: StarterKernelShape, { x }: Inputs) => ({ out: starterKernelReference(x) }),
  /** One rounding of the product. */
  tolerance: (_: StarterKernelShape, _inputs: Inputs, { out }: Readonly<Record<string, Float64Array>>) => ({
    out: out.map((product) => 2 ** -24 * Math.abs(product)),
  }),
};
