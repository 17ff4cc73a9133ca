import { ladderTests } from "@fledge/testing";
import { sgdAdaptScale, sgdCheckFinite, sgdHoldAverage, sgdUpdateScaled, type SgdShape } from "../src/index.ts";
import { sgdAdaptScaleReference } from "../src/reference.ts";
import { scaledStep, scaledStepInputs, scaledStepTolerance, type ScaledStepInputs } from "./scaled-step.ts";

const paper: SgdShape = { count: 1000, momentum: 0.9, weightDecay: 1e-4, dampening: 0, nesterov: false };
const cases: Record<string, SgdShape> = {
  "the paper's optimiser": paper,
  "count no multiple of 4": { ...paper, count: 1003 },
  "one more than a workgroup of runs": { ...paper, count: 64 * 32 + 1 },
  "no momentum": { ...paper, momentum: 0 },
  nesterov: { ...paper, nesterov: true, weightDecay: 0.05 },
};

for (const [name, lossScale, overflowed, stepCount] of [
  ["a scale of 65536", 65536, 0, 7],
  ["a scale that is no power of 2, first step", 3, 0, 0],
  ["a scale below 1", 2 ** -12, 0, 7],
  ["overflowed", 65536, 1, 7],
] as const) {
  ladderTests({
    kernel: sgdUpdateScaled,
    cases: Object.fromEntries(Object.entries(cases).map(([one, shape]) => [`${one}, ${name}`, shape])),
    inputs: (shape, uniform) => scaledStepInputs(shape, uniform, { lossScale, overflowed, stepCount }),
    reference: (shape, inputs) => scaledStep(shape, inputs as ScaledStepInputs),
    tolerance: (shape, inputs) => scaledStepTolerance(shape, inputs as ScaledStepInputs),
  });
}

const counts = { "one element": 1, "count no multiple of 4": 1003, "one more than a workgroup": 64 * 128 + 1 };
for (const [name, least, overflow] of [
  ["numbers, the largest among them", 0, []],
  ["infinite", 0, [Infinity]],
  ["NaN", 0, [NaN]],
  ["-Infinity, after an earlier run that overflowed", 1, [-Infinity]],
  ["numbers, after an earlier run that overflowed", 1, []],
] as const) {
  ladderTests({
    kernel: sgdCheckFinite,
    cases: Object.fromEntries(Object.entries(counts).map(([one, count]) => [`${one}, ${name}`, { count }])),
    inputs: ({ count }, uniform) => {
      const gradient = Float32Array.from({ length: count }, (_, i) =>
        i % 5 === 0 ? -3.4028234663852886e38 : uniform(),
      );
      for (const value of overflow) gradient[count - 1] = value;
      return { gradient, overflowed: Uint32Array.of(least) };
    },
    reference: () => ({ overflowed: Float64Array.of(least === 1 || overflow.length > 0 ? 1 : 0) }),
    tolerance: () => ({}),
  });
}

ladderTests({
  kernel: sgdHoldAverage,
  cases: { "a weight": {} },
  inputs: () => ({ weight: Float32Array.of(0.25), overflowed: Uint32Array.of(0) }),
  reference: () => ({ held: Float64Array.of(0.25) }),
  tolerance: () => ({}),
});

ladderTests({
  kernel: sgdAdaptScale,
  cases: { "the last of an interval": { growthFactor: 2, backoffFactor: 0.5, growthInterval: 3 } },
  inputs: () => ({
    lossScale: Float32Array.of(65536),
    growthTracker: Uint32Array.of(2),
    overflowed: Uint32Array.of(0),
    skipped: Uint32Array.of(1),
    stepCount: Uint32Array.of(41),
  }),
  reference: (shape) => {
    const before = { lossScale: 65536, growthTracker: 2, stepCount: 41 };
    const after = { ...sgdAdaptScaleReference(shape, before, false), overflowed: 0, skipped: 0 };
    return Object.fromEntries(Object.entries(after).map(([name, value]) => [name, Float64Array.of(value)]));
  },
  tolerance: () => ({}),
});
