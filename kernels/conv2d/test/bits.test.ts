import { openTestGpu, runKernel } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import { conv2dForward, conv2dGradInput, conv2dGradWeight, type Conv2dShape } from "../src/index.ts";
import { cases } from "./cases.ts";
import { gradWeightProblem } from "./problems.ts";

describe("conv2d on the adapter", async () => {
  const gpu = await openTestGpu();

  it("gives the same bits twice, split sums included", async () => {
    const shape = cases["many pixels"]!;
    let drawn = 0;
    const inputs = gradWeightProblem.inputs(shape, () => Math.sin((drawn += 1)));
    const first = await runKernel(gpu, conv2dGradWeight, shape, inputs);
    const second = await runKernel(gpu, conv2dGradWeight, shape, inputs);
    expect(second["dWeight"]).toEqual(first["dWeight"]);
  });

  // 65535 workgroups of 64 are 4.2 million elements: above, the grid folds into a second dimension.
  it("covers more elements than one dimension of workgroups", async () => {
    const shape: Conv2dShape = { N: 1, IH: 2100, IW: 2050, IC: 1, OC: 1, KH: 1, KW: 1, stride: 1, padding: 0 };
    const x = Float32Array.from({ length: 2100 * 2050 }, (_, i) => i);
    const weight = Float32Array.of(2);
    const doubled = x.map((value) => 2 * value);
    const wrong = (values: ArrayLike<number>): number => doubled.findIndex((value, i) => value !== values[i]);
    const { out } = await runKernel(gpu, conv2dForward, shape, { x, weight }, { rung: "conv2d-forward/01-naive" });
    expect(wrong(out!)).toBe(-1);
    const rung = "conv2d-grad-input/01-naive";
    const { dX } = await runKernel(gpu, conv2dGradInput, shape, { dOut: x, weight }, { rung });
    expect(wrong(dX!)).toBe(-1);
  });
});
