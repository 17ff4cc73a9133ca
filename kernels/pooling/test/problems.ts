import type { TensorData } from "@fledge/testing";
import {
  globalAveragePoolBackward,
  globalAveragePoolForward,
  maxPool2dBackward,
  maxPool2dForward,
} from "../src/index.ts";
import {
  globalAveragePoolBackwardReference,
  globalAveragePoolForwardReference,
  maxPool2dBackwardReference,
  maxPool2dForwardReference,
} from "../src/reference.ts";
import {
  averageInputs,
  averageOutputs,
  maxPool2dInputs,
  maxPool2dOutputs,
  type GlobalAveragePoolShape,
  type MaxPool2dShape,
} from "../src/shape.ts";

// Each kernel with inputs, reference and bounds: what the tests and the benchmarks share.

type Inputs = Readonly<Record<string, TensorData>>;

const unitRoundoff = 2 ** -24;
/** WGSL allows a division 2.5 units in the last place. */
const divisionError = 5 * unitRoundoff;

/** Uniform values with an outlier in each hundred. */
const draw = (count: number, uniform: () => number): Float32Array<ArrayBuffer> =>
  new Float32Array(count).map((_, i) => uniform() * (i % 100 === 7 ? 1000 : 1));

const magnitudes = (values: TensorData): Float64Array => new Float64Array(values).map(Math.abs);

/** Rounded to eighths, so that most windows hold equal values. */
const drawTies = (shape: MaxPool2dShape, uniform: () => number): { x: Float32Array<ArrayBuffer> } => ({
  x: draw(maxPool2dInputs(shape), uniform).map((value) => Math.round(value * 8) / 8),
});

export const maxForward = {
  kernel: maxPool2dForward,
  inputs: drawTies,
  reference: (shape: MaxPool2dShape, { x }: Inputs) => maxPool2dForwardReference(shape, x),
  tolerance: () => ({}), // A maximum is one of its inputs.
};

export const maxBackward = {
  kernel: maxPool2dBackward,
  inputs(shape: MaxPool2dShape, uniform: () => number) {
    const { argmax } = maxPool2dForwardReference(shape, drawTies(shape, uniform).x);
    return { argmax: new Uint32Array(argmax), dOut: draw(maxPool2dOutputs(shape), uniform) };
  },
  reference: (shape: MaxPool2dShape, { argmax, dOut }: Inputs) => ({
    dX: maxPool2dBackwardReference(shape, argmax, dOut),
  }),
  /** A pixel adds up one dOut for each window that covers it, each addition rounding once. */
  tolerance(shape: MaxPool2dShape, { argmax, dOut }: Inputs) {
    const windows = Math.ceil(shape.kernel / shape.stride) ** 2;
    return {
      dX: maxPool2dBackwardReference(shape, argmax, magnitudes(dOut)).map((sum) => windows * unitRoundoff * sum),
    };
  },
};

export const averageForward = {
  kernel: globalAveragePoolForward,
  inputs: (shape: GlobalAveragePoolShape, uniform: () => number) => ({ x: draw(averageInputs(shape), uniform) }),
  reference: (shape: GlobalAveragePoolShape, { x }: Inputs) => ({ out: globalAveragePoolForwardReference(shape, x) }),
  /** A value passes at most W additions in its row, H additions of rows, and the division. */
  tolerance(shape: GlobalAveragePoolShape, { x }: Inputs) {
    const error = (shape.W + shape.H) * unitRoundoff + divisionError;
    return { out: globalAveragePoolForwardReference(shape, magnitudes(x)).map((mean) => error * mean) };
  },
};

export const averageBackward = {
  kernel: globalAveragePoolBackward,
  inputs: (shape: GlobalAveragePoolShape, uniform: () => number) => ({ dOut: draw(averageOutputs(shape), uniform) }),
  reference: (shape: GlobalAveragePoolShape, { dOut }: Inputs) => ({
    dX: globalAveragePoolBackwardReference(shape, dOut),
  }),
  tolerance: (shape: GlobalAveragePoolShape, { dOut }: Inputs) => ({
    dX: globalAveragePoolBackwardReference(shape, magnitudes(dOut)).map((share) => divisionError * share),
  }),
};
