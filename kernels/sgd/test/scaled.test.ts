import { openTestGpu, runKernel } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import { sgdAdaptScale, sgdHoldAverage, type SgdAdaptScaleShape } from "../src/index.ts";
import { sgdAdaptScaleReference } from "../src/reference.ts";

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
