import type { TensorData } from "@fledge/testing";
import { linearForward, linearGradInput, linearGradWeight, type LinearShape } from "../src/index.ts";
import { linearForwardReference, linearGradInputReference, linearGradWeightReference } from "../src/reference.ts";

// Each kernel with inputs, reference and bounds: what the tests and the benchmarks share.

type Inputs = Readonly<Record<string, TensorData>>;

/** Uniform values with an outlier in each hundred. */
const draw = (count: number, uniform: () => number): Float32Array<ArrayBuffer> =>
  new Float32Array(count).map((_, i) => uniform() * (i % 100 === 7 ? 1000 : 1));

const magnitudes = (values: TensorData): Float64Array => new Float64Array(values).map(Math.abs);

/**
 * The error of a sum of `terms` products in float32, relative to the sum of their magnitudes: roundings of random sign
 * add up as the square root of their number. Twice that leaves room for any order of summation.
 */
const sumError = (terms: number): number => 2 * (4 + Math.sqrt(terms)) * 2 ** -24;

export const forward = {
  kernel: linearForward,
  inputs: ({ N, IN, OUT }: LinearShape, uniform: () => number) => ({
    x: draw(N * IN, uniform),
    weight: draw(IN * OUT, uniform),
    bias: draw(OUT, uniform),
  }),
  reference: (shape: LinearShape, { x, weight, bias }: Inputs) => ({
    out: linearForwardReference(shape, x, weight, bias),
  }),
  tolerance(shape: LinearShape, { x, weight, bias }: Inputs) {
    const sums = linearForwardReference(shape, magnitudes(x), magnitudes(weight), magnitudes(bias));
    return { out: sums.map((sum) => sumError(shape.IN) * sum) };
  },
};

export const gradInput = {
  kernel: linearGradInput,
  inputs: ({ N, IN, OUT }: LinearShape, uniform: () => number) => ({
    dOut: draw(N * OUT, uniform),
    weight: draw(IN * OUT, uniform),
  }),
  reference: (shape: LinearShape, { dOut, weight }: Inputs) => ({ dX: linearGradInputReference(shape, dOut, weight) }),
  tolerance(shape: LinearShape, { dOut, weight }: Inputs) {
    const sums = linearGradInputReference(shape, magnitudes(dOut), magnitudes(weight));
    return { dX: sums.map((sum) => sumError(shape.OUT) * sum) };
  },
};

export const gradWeight = {
  kernel: linearGradWeight,
  inputs: ({ N, IN, OUT }: LinearShape, uniform: () => number) => ({
    x: draw(N * IN, uniform),
    dOut: draw(N * OUT, uniform),
  }),
  reference: (shape: LinearShape, { x, dOut }: Inputs) => linearGradWeightReference(shape, x, dOut),
  tolerance(shape: LinearShape, { x, dOut }: Inputs) {
    const sums = linearGradWeightReference(shape, magnitudes(x), magnitudes(dOut));
    const bound = (sum: number): number => sumError(shape.N) * sum;
    return { dWeight: sums.dWeight.map(bound), dBias: sums.dBias.map(bound) };
  },
};
