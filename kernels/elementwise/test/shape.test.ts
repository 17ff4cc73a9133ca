import { baselineDevice, planKernel } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import { add, relu, reluBackward } from "../src/index.ts";

const kernels = [relu, reluBackward, add];

describe("elementwise", () => {
  it.each([0, -4, 2.5, NaN, Infinity, 2 ** 30 + 1])("refuses a count of %j", (count) => {
    for (const kernel of kernels) expect(() => kernel.check({ count })).toThrow(`elementwise: count is ${count}; it must be`);
  });
  it("handles four elements per invocation, and counts operations and least bytes", () => {
    const plans = kernels.map((kernel) => planKernel(kernel, { count: 1001 }, { device: baselineDevice }));
    expect(plans.map(({ rung }) => rung)).toEqual(["relu/02-vec4", "relu-backward/02-vec4", "add/02-vec4"]);
    expect(plans.map(({ dispatches }) => dispatches[0].workgroups)).toEqual([[4, 1, 1], [4, 1, 1], [4, 1, 1]]);
    expect(plans.map(({ flops }) => flops)).toEqual([1001, 1001, 1001]);
    expect(plans.map(({ leastBytes }) => leastBytes)).toEqual([8008, 12012, 12012]);
  });
});
