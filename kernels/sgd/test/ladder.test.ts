import { ladderTests } from "@fledge/testing";
import { sgdAccumulate, sgdAdvance, sgdAverage, sgdScaleRate, sgdUpdate, type SgdShape } from "../src/index.ts";
import { sgdAccumulateReference, sgdAverageReference } from "../src/reference.ts";
import { expectedStep, stepInputs, stepTolerance, type StepInputs } from "./step.ts";

const paper: SgdShape = { count: 1000, momentum: 0.9, weightDecay: 1e-4, dampening: 0, nesterov: false };
const cases: Record<string, SgdShape> = {
  "the paper's optimiser": paper,
  "one element": { ...paper, count: 1 },
  "count no multiple of 4": { ...paper, count: 1003 },
  "one more than a workgroup of runs": { ...paper, count: 64 * 32 + 1 },
  "a run that ends in its fourth vector": { ...paper, count: 64 * 32 + 15 },
  "nine vectors more than a workgroup of 512": { ...paper, count: 4 * 521 - 1 },
  "no momentum": { ...paper, momentum: 0 },
  "no decay": { ...paper, weightDecay: 0 },
  dampening: { ...paper, dampening: 0.3 },
  nesterov: { ...paper, nesterov: true, weightDecay: 0.05 },
};
// More workgroups than one dimension of a grid may have, in the plain rung.
const folded: SgdShape = { ...paper, count: 65535 * 64 + 1 };

for (const stepCount of [0, 1, 1000]) {
  const named = Object.entries(cases).map(([name, shape]): [string, SgdShape] => [`${name}, step ${stepCount}`, shape]);
  if (stepCount === 1) named.push(["a grid folded into y", folded]);
  ladderTests({
    kernel: sgdUpdate,
    cases: Object.fromEntries(named),
    inputs: (shape, uniform) => stepInputs(shape, uniform, stepCount),
    reference: (shape, inputs) => expectedStep(shape, inputs as StepInputs),
    tolerance: (shape, inputs) => stepTolerance(shape, inputs as StepInputs),
  });
}

for (const part of [0, 3]) {
  const counts = { "one element": 1, "count no multiple of 4": 1003, "one more than a workgroup of runs": 64 * 32 + 1 };
  ladderTests({
    kernel: sgdAccumulate,
    cases: Object.fromEntries(Object.entries(counts).map(([name, count]) => [`${name}, part ${part}`, { count }])),
    inputs: ({ count }, uniform) => ({
      sum: part === 0 ? new Float32Array(count).fill(NaN) : Float32Array.from({ length: count }, uniform),
      gradient: Float32Array.from({ length: count }, (_, i) => uniform() * (i % 100 === 7 ? 1000 : 1)),
      share: Float32Array.of(0.3),
      part: Uint32Array.of(part),
    }),
    reference: (_shape, { sum, gradient, share }) => ({
      sum: sgdAccumulateReference(sum, gradient, { share: share[0], part }),
    }),
    // One product and one sum, each rounded once.
    tolerance: (_shape, { sum, gradient, share }) => ({
      sum: Float64Array.from(
        gradient,
        (g, i) => 2 * 2 ** -24 * ((part === 0 ? 0 : Math.abs(sum[i])) + share[0] * Math.abs(g)),
      ),
    }),
  });
}

ladderTests({
  kernel: sgdAdvance,
  cases: { "a counter": {} },
  inputs: () => ({ stepCount: Uint32Array.of(41) }),
  reference: (_shape, inputs) => ({ stepCount: Float64Array.of(inputs["stepCount"][0] + 1) }),
  tolerance: () => ({}),
});

for (const weight of [0, 1e-4, 0.4, 0.6, 1]) {
  const counts = {
    "one element": 1,
    "count no multiple of 4": 1003,
    "one more than a workgroup of runs": 64 * 32 + 1,
    "a run that ends in its fourth vector": 64 * 32 + 15,
  };
  ladderTests({
    kernel: sgdAverage,
    cases: Object.fromEntries(Object.entries(counts).map(([name, count]) => [`${name}, weight ${weight}`, { count }])),
    inputs: ({ count }, uniform) => ({
      average: Float32Array.from({ length: count }, (_, i) => uniform() * (i % 100 === 7 ? 1000 : 1)),
      value: Float32Array.from({ length: count }, (_, i) => uniform() * (i % 100 === 8 ? 1000 : 1)),
      weight: Float32Array.of(weight),
    }),
    reference: (_shape, { average, value, weight: given }) => ({
      average: sgdAverageReference(average, value, given[0]),
    }),
    // A difference, a product with a weight that may be rounded, and a sum; at weights 0 and 1 nothing is rounded at all.
    tolerance: (_shape, { average, value }) => ({
      average: Float64Array.from(value, (v, i) =>
        weight === 0 || weight === 1 ? 0 : 4 * 2 ** -24 * (Math.abs(average[i]) + Math.abs(v)),
      ),
    }),
  });
}

ladderTests({
  kernel: sgdScaleRate,
  cases: { "a rate": { multiplier: 10 }, "no rate": { multiplier: 0 } },
  inputs: () => ({ learningRate: Float32Array.of(0.05) }),
  reference: ({ multiplier }, { learningRate }) => ({ scaledRate: Float64Array.of(multiplier * learningRate[0]) }),
  tolerance: ({ multiplier }, { learningRate }) => ({
    scaledRate: Float64Array.of(2 ** -24 * multiplier * learningRate[0]),
  }),
});
