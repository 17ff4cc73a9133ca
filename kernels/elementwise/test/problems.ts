import type { TensorData } from "@fledge/testing";
import {
  add,
  cast,
  concatenate,
  relu,
  reluBackward,
  scale,
  split,
  type CastShape,
  type ElementwiseShape,
  type ScaleShape,
  type TwoRunsShape,
} from "../src/index.ts";
import {
  addReference,
  castReference,
  concatenateReference,
  reluBackwardReference,
  reluReference,
  scaleReference,
  splitReference,
} from "../src/reference.ts";

// Each kernel with inputs, reference and bounds: what the tests and the benchmarks share.

type Inputs = Readonly<Record<string, TensorData>>;
type Uniform = () => number;

/** Uniform values with a zero in each ten and an outlier in each hundred. */
const draw = ({ count }: ElementwiseShape, uniform: Uniform): Float32Array<ArrayBuffer> =>
  new Float32Array(count).map((_, i) => uniform() * (i % 10 === 3 ? 0 : i % 100 === 7 ? 1000 : 1));

const exact = (): Record<string, never> => ({});

export const reluForwardProblem = {
  kernel: relu,
  inputs: (shape: ElementwiseShape, uniform: Uniform) => ({ x: draw(shape, uniform) }),
  reference: (_: ElementwiseShape, { x }: Inputs) => ({ out: reluReference(x) }),
  tolerance: exact,
};

export const reluBackwardProblem = {
  kernel: reluBackward,
  inputs: (shape: ElementwiseShape, uniform: Uniform) => ({
    out: new Float32Array(reluReference(draw(shape, uniform))),
    dOut: draw(shape, uniform),
  }),
  reference: (_: ElementwiseShape, { out, dOut }: Inputs) => ({ dX: reluBackwardReference(out, dOut) }),
  tolerance: exact,
};

export const addProblem = {
  kernel: add,
  inputs: (shape: ElementwiseShape, uniform: Uniform) => ({ a: draw(shape, uniform), b: draw(shape, uniform) }),
  reference: (_: ElementwiseShape, { a, b }: Inputs) => ({ out: addReference(a, b) }),
  /** One rounding of the sum. */
  tolerance: (_: ElementwiseShape, _inputs: Inputs, { out }: Readonly<Record<string, Float64Array>>) => ({
    out: out.map((sum) => 2 ** -24 * Math.abs(sum)),
  }),
};

export const castProblem = {
  kernel: cast,
  inputs: (shape: CastShape, uniform: Uniform) => ({ x: draw(shape, uniform) }),
  reference: (_: CastShape, { x }: Inputs) => ({ out: castReference(x) }),
  tolerance: exact, // But for the rounding to f16, which the harness allows for.
};

export const scaleProblem = {
  kernel: scale,
  inputs: (shape: ScaleShape, uniform: Uniform) => ({ x: draw(shape, uniform) }),
  reference: ({ factor }: ScaleShape, { x }: Inputs) => ({ out: scaleReference(x, Math.fround(factor)) }),
  /** One rounding of the product. */
  tolerance: (_: ScaleShape, _inputs: Inputs, { out }: Readonly<Record<string, Float64Array>>) => ({
    out: out.map((product) => 2 ** -24 * Math.abs(product)),
  }),
};

export const concatenateProblem = {
  kernel: concatenate,
  inputs: ({ countA, countB }: TwoRunsShape, uniform: Uniform) => ({
    a: draw({ count: countA }, uniform),
    b: draw({ count: countB }, uniform),
  }),
  reference: (_: TwoRunsShape, { a, b }: Inputs) => ({ out: concatenateReference(a, b) }),
  tolerance: exact,
};

export const splitProblem = {
  kernel: split,
  inputs: ({ countA, countB }: TwoRunsShape, uniform: Uniform) => ({ x: draw({ count: countA + countB }, uniform) }),
  reference: ({ countA }: TwoRunsShape, { x }: Inputs) => splitReference(x, countA),
  tolerance: exact,
};
