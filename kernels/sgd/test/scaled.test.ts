import { ladderTests, openTestGpu, runKernel } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import {
  sgdAdaptScale,
  sgdCheckFinite,
  sgdHoldAverage,
  sgdUpdateScaled,
  type SgdAdaptScaleShape,
  type SgdShape,
} from "../src/index.ts";
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

const scaler: SgdAdaptScaleShape = { growthFactor: 2, backoffFactor: 0.5, growthInterval: 3 };

describe("sgd-adapt-scale", async () => {
  const gpu = await openTestGpu();

  it("holds an average where a step overflowed", async () => {
    const inputs = { weight: Float32Array.of(0.25), overflowed: Uint32Array.of(1) };
    expect((await runKernel(gpu, sgdHoldAverage, {}, inputs))["held"]).toEqual(Float32Array.of(0));
  });

  it.each([
    ["a step in a row", 65536, 0, 0],
    ["the last of the interval", 65536, 2, 0],
    ["an overflow resets the count", 65536, 2, 1],
    ["an overflow at the smallest", 2 ** -20, 1, 1],
    ["nothing grows beyond 2^126", 2 ** 126, 2, 0],
  ])("%s", async (_name, lossScale, growthTracker, overflowed) => {
    const before = { lossScale, growthTracker, stepCount: 41 };
    const after = await runKernel(gpu, sgdAdaptScale, scaler, {
      lossScale: Float32Array.of(lossScale),
      growthTracker: Uint32Array.of(growthTracker),
      overflowed: Uint32Array.of(overflowed),
      skipped: Uint32Array.of(1 - overflowed),
      stepCount: Uint32Array.of(41),
    });
    const read = Object.fromEntries(Object.entries(after).map(([name, values]) => [name, values[0]]));
    const expected = sgdAdaptScaleReference(scaler, before, overflowed === 1);
    expect(read).toEqual({ ...expected, overflowed: 0, skipped: overflowed });
  });
});

it.each([
  [{ growthFactor: 1 }, "growthFactor is 1"],
  [{ backoffFactor: 1 }, "backoffFactor is 1"],
  [{ growthInterval: 0 }, "growthInterval is 0"],
])("refuses %o", (change, message) => {
  expect(() => sgdAdaptScale.check({ ...scaler, ...change })).toThrow(message);
});
