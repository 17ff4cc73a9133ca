import { baselineDevice, planKernel } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import { starterKernelForward } from "../src/index.ts";

describe("starter-kernel", () => {
  it.each([0, -4, 2.5, NaN, Infinity, 2 ** 30 + 1])("refuses a count of %j", (count) => {
    expect(() => starterKernelForward.check({ count })).toThrow(`starter-kernel: count is ${count}; it must be`);
  });

  it("counts operations and least bytes", () => {
    const plan = planKernel(starterKernelForward, { count: 1001 }, { device: baselineDevice });
    expect(plan.dispatches.map(({ workgroups }) => workgroups)).toEqual([[16, 1, 1]]);
    expect({ flops: plan.flops, leastBytes: plan.leastBytes }).toEqual({ flops: 1001, leastBytes: 8008 });
  });
});
