import type { TensorData } from "@fledge/testing";
import {
  dropout,
  dropoutDrawn,
  dropPathBackward,
  dropPathForward,
  keepMask,
  type DropoutShape,
  type DropPathShape,
  type KeepMaskShape,
} from "../src/index.ts";
import {
  dropoutReference,
  dropPathBackwardReference,
  dropPathForwardReference,
  keepMaskReference,
} from "../src/reference.ts";

// Each kernel with inputs, reference and bounds: what the tests and the benchmarks share.

type Inputs = Readonly<Record<string, TensorData>>;
type Expected = Readonly<Record<string, Float64Array>>;

const unitRoundoff = 2 ** -24;
/** The scale is rounded once, and the product once; the second order is below a tenth of that. */
const productError = 2.1 * unitRoundoff;

/** Uniform values with an outlier in each hundred. */
const draw = (count: number, uniform: () => number): Float32Array<ArrayBuffer> =>
  new Float32Array(count).map((_, i) => uniform() * (i % 100 === 7 ? 1000 : 1));

const drawKeys = (count: number, uniform: () => number): Uint32Array<ArrayBuffer> =>
  new Uint32Array(count).map(() => (uniform() + 1) * 2 ** 31);

const drawKeep = (count: number, uniform: () => number): Int32Array<ArrayBuffer> =>
  new Int32Array(count).map(() => Number(uniform() < 0.3));

const magnitudes = (values: ArrayLike<number>): Float64Array => Float64Array.from(values, Math.abs);

export const keepMaskProblem = {
  kernel: keepMask,
  inputs: ({ N }: KeepMaskShape, uniform: () => number) => ({ keys: drawKeys(N, uniform) }),
  reference: (shape: KeepMaskShape, { keys }: Inputs) => ({ keep: keepMaskReference(shape, keys) }),
  tolerance: () => ({}), // The same bits as the host's streams.
};

export const dropoutProblem = {
  kernel: dropout,
  inputs: ({ count }: DropoutShape, uniform: () => number) => ({
    x: draw(count, uniform),
    keep: drawKeep(count, uniform),
  }),
  reference: (shape: DropoutShape, { x, keep }: Inputs) => ({ out: dropoutReference(shape, x, keep) }),
  tolerance: (_: DropoutShape, _inputs: Inputs, { out }: Expected) => ({
    out: magnitudes(out).map((product) => productError * product),
  }),
};

export const dropoutDrawnProblem = {
  kernel: dropoutDrawn,
  inputs: ({ N, C }: KeepMaskShape, uniform: () => number) => ({
    x: draw(N * C, uniform),
    keys: drawKeys(N, uniform),
  }),
  reference: (shape: KeepMaskShape, { x, keys }: Inputs) => ({
    out: dropoutReference({ count: shape.N * shape.C, rate: shape.rate }, x, keepMaskReference(shape, keys)),
  }),
  tolerance: (_: KeepMaskShape, _inputs: Inputs, { out }: Expected) => ({
    out: magnitudes(out).map((product) => productError * product),
  }),
};

export const dropPathForwardProblem = {
  kernel: dropPathForward,
  inputs: ({ N, size }: DropPathShape, uniform: () => number) => ({
    identity: draw(N * size, uniform),
    branch: draw(N * size, uniform),
    keep: drawKeep(N, uniform),
  }),
  reference: (shape: DropPathShape, { identity, branch, keep }: Inputs) => ({
    out: dropPathForwardReference(shape, identity, branch, keep),
  }),
  /** The branch is scaled, and the sum rounded once: at most by its terms' share. ReLU moves neither apart. */
  tolerance(shape: DropPathShape, { identity, branch, keep }: Inputs) {
    const terms = dropPathForwardReference(shape, magnitudes(identity), magnitudes(branch), keep);
    return { out: terms.map((sum) => (productError + unitRoundoff) * sum) };
  },
};

export const dropPathBackwardProblem = {
  kernel: dropPathBackward,
  inputs({ N, size, relu }: DropPathShape, uniform: () => number) {
    const result = draw(N * size, uniform).map((value) => Math.max(value, 0));
    return { ...(relu ? { out: result } : {}), dOut: draw(N * size, uniform), keep: drawKeep(N, uniform) };
  },
  reference(shape: DropPathShape, { out = [], dOut, keep }: Readonly<Record<string, ArrayLike<number>>>) {
    const { dIdentity, dBranch } = dropPathBackwardReference(shape, out, dOut, keep);
    return shape.relu ? { dIdentity, dBranch } : { dBranch };
  },
  /** The identity's gradient is a copy. */
  tolerance: (_: DropPathShape, _inputs: Inputs, { dBranch }: Expected) => ({
    dBranch: magnitudes(dBranch).map((product) => productError * product),
  }),
};
