import type { TensorData } from "@fledge/testing";
import {
  attackKeep,
  attackStep,
  dlrGradient,
  type AttackKeepShape,
  type AttackStepShape,
  type DlrShape,
} from "../src/index.ts";
import { attackStepReference, dlrGradientReference, type StepTensors } from "../src/reference.ts";

// Each kernel with inputs, reference and bounds: what the tests and the benchmark share.

type Inputs = Readonly<Record<string, TensorData>>;
type Uniform = () => number;

const filled = (count: number, value: () => number): Float32Array<ArrayBuffer> => new Float32Array(count).map(value);

/** Images in 0..1 with points around them, and a control of each kind in turn. */
function stepInputs({ N, P }: AttackStepShape, uniform: Uniform): Record<string, TensorData> {
  const origin = filled(N * P, () => (uniform() + 1) / 2);
  const near = (): Float32Array<ArrayBuffer> =>
    origin.map((value) => Math.min(Math.max(value + 0.03 * uniform(), 0), 1));
  const controls = new Float32Array(4 * N);
  for (let n = 0; n < N; n++) controls.set([0.01 * (n % 4), 0.03, n % 2 === 0 ? 1 : 0.75, n % 3], 4 * n);
  return {
    origin,
    // A gradient of exactly 0 moves nothing.
    gradient: filled(N * P, uniform).map((value, i) => (i % 7 === 3 ? 0 : value)),
    controls,
    point: near(),
    previous: near(),
    best: near(),
    bestGradient: filled(N * P, uniform),
  };
}

export const stepProblem = {
  kernel: attackStep,
  inputs: stepInputs,
  reference: (shape: AttackStepShape, inputs: Inputs) => ({
    ...attackStepReference(shape, inputs as unknown as StepTensors),
  }),
  /** Five roundings of numbers of about 1; what is only moved is equal. */
  tolerance: (_: AttackStepShape, _inputs: Inputs, { point }: Readonly<Record<string, Float64Array>>) => ({
    point: point!.map(() => 5 * 2 ** -24),
  }),
};

export const keepProblem = {
  kernel: attackKeep,
  inputs: ({ count }: AttackKeepShape, uniform: Uniform) => ({
    gradient: filled(count, uniform),
    kept: filled(count, () => NaN),
  }),
  reference: (_: AttackKeepShape, { gradient }: Inputs) => ({ kept: Float64Array.from(gradient!) }),
  tolerance: (): Record<string, never> => ({}),
};

export const dlrProblem = {
  kernel: dlrGradient,
  inputs({ N, C }: DlrShape, uniform: Uniform): Record<string, TensorData> {
    const logits = filled(N * C, () => 10 * uniform());
    const labels = Int32Array.from({ length: N }, (_, n) => (3 * n) % C);
    const targets = labels.map((label, n) => (label + 1 + (n % (C - 1))) % C);
    return { logits, labels, targets };
  },
  reference: (shape: DlrShape, { logits, labels, targets }: Inputs) => ({
    dLogits: dlrGradientReference(shape, logits!, labels!, targets!),
  }),
  /** The divisor is a difference of logits up to 10: its relative error is that much larger than a rounding. */
  tolerance: ({ C }: DlrShape, _inputs: Inputs, { dLogits }: Readonly<Record<string, Float64Array>>) => ({
    dLogits: dLogits!.map((_, i) => {
      const row = dLogits!.subarray(i - (i % C), i - (i % C) + C);
      const largest = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      return 2 ** -24 * largest * (8 + 200 * largest);
    }),
  }),
};
