import { baselineDevice, planKernel } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import { linearForward, linearGradInput, linearGradWeight } from "../src/index.ts";

const kernels = [linearForward, linearGradInput, linearGradWeight];
const shape = { N: 3, IN: 8, OUT: 4 };

describe("linear", () => {
  it.each([
    [{ N: 0 }, "linear: N is 0; it must be a whole number of at least 1"],
    [{ IN: 2.5 }, "linear: IN is 2.5"],
    [{ OUT: NaN }, "linear: OUT is NaN"],
  ])("refuses %j", (change, message) => {
    for (const kernel of kernels) expect(() => kernel.check({ ...shape, ...change })).toThrow(message);
  });

  it("counts operations and least bytes", () => {
    const plans = kernels.map((kernel) => planKernel(kernel, shape, { device: baselineDevice }));
    expect(plans.map(({ flops }) => flops)).toEqual([2 * 96 + 12, 2 * 96, 2 * 96 + 12]);
    expect(plans.map(({ leastBytes }) => leastBytes / 4)).toEqual([24 + 32 + 4 + 12, 12 + 32 + 24, 24 + 12 + 32 + 4]);
  });

  it("blocks in registers where IN and OUT are multiples of 4", () => {
    const rungs = (IN: number, OUT: number): string[] =>
      kernels.map((kernel) => planKernel(kernel, { N: 3, IN, OUT }, { device: baselineDevice }).rung.split("/")[1]);
    expect(new Set(rungs(8, 4))).toEqual(new Set(["02-register-blocked"]));
    expect(new Set(rungs(8, 7))).toEqual(new Set(["01-naive"]));
    expect(new Set(rungs(6, 4))).toEqual(new Set(["01-naive"]));
  });
});
