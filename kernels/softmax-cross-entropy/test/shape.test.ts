import { baselineDevice, planKernel, type DeviceTraits, type Kernel } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import {
  countCorrect,
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
  softmaxCrossEntropyWithGradient,
  topOne,
} from "../src/index.ts";
import type { SoftmaxCrossEntropyShape } from "../src/index.ts";

const shape: SoftmaxCrossEntropyShape = { N: 4, C: 10, target: "hard", labelSmoothing: 0 };
const losses = [softmaxCrossEntropyForward, softmaxCrossEntropyBackward, softmaxCrossEntropyWithGradient];
const kernels: Kernel<SoftmaxCrossEntropyShape>[] = [...losses, topOne, countCorrect];

describe("a wrong shape", () => {
  it.each(kernels)("is refused by $name with the argument's name", (kernel) => {
    for (const size of [0, -3, 1.5, NaN]) {
      const message = (name: string) => `${kernel.name}: ${name} must be a whole number from 1 up, got ${size}`;
      expect(() => kernel.check({ ...shape, N: size })).toThrow(message("N"));
      expect(() => kernel.check({ ...shape, C: size })).toThrow(message("C"));
    }
  });

  it.each(losses)("of loss is refused by $name", (kernel) => {
    for (const labelSmoothing of [-0.1, 1.1, NaN]) {
      const message = `${kernel.name}: labelSmoothing must lie between 0 and 1, got ${labelSmoothing}`;
      expect(() => kernel.check({ ...shape, labelSmoothing })).toThrow(message);
    }
    const unknown = { ...shape, target: "fuzzy" as "soft" };
    expect(() => kernel.check(unknown)).toThrow(`${kernel.name}: target must be "hard" or "soft", got "fuzzy"`);
  });
});

describe("a plan", () => {
  it.each(losses)("of $name reads labels or targets, never both", (kernel) => {
    expect(kernel.tensors(shape)).toHaveProperty("labels");
    expect(kernel.tensors(shape)).not.toHaveProperty("targets");
    expect(kernel.tensors({ ...shape, target: "soft" })).toHaveProperty("targets");
    expect(kernel.tensors({ ...shape, target: "soft" })).not.toHaveProperty("labels");
  });

  it("takes a row per invocation on a CPU, and a subgroup or a workgroup per row on a GPU", () => {
    const rungsOn = (device: Partial<DeviceTraits>, N = shape.N): string[] =>
      kernels.map(
        (kernel) =>
          planKernel(kernel, { ...shape, N }, { device: { ...baselineDevice, ...device } }).rung.split("/")[1],
      );
    expect(rungsOn({})).toEqual(["02-online", "02-online", "04-one-dispatch", "01-naive", "01-naive"]);
    expect(rungsOn({}, 65)).toEqual(["02-online", "02-online", "02-online", "01-naive", "01-naive"]);
    const gpu = { deviceClass: "discrete" } as const;
    expect(rungsOn(gpu).slice(0, 3)).toEqual(["03-workgroup", "03-workgroup", "04-one-dispatch"]);
    const subgroups = { ...gpu, features: new Set(["subgroups"]) };
    expect(rungsOn(subgroups).slice(0, 3)).toEqual(["04-subgroup", "04-subgroup", "03-subgroup"]);
  });

  it("costs the arithmetic and the traffic of the operator", () => {
    const flops = (change: Partial<SoftmaxCrossEntropyShape>): number =>
      softmaxCrossEntropyForward.flops({ ...shape, ...change });
    expect([flops({}), flops({ target: "soft" }), flops({ labelSmoothing: 0.1 })]).toEqual([160, 400, 400]);
    const plan = planKernel(softmaxCrossEntropyForward, shape, { device: baselineDevice });
    expect(plan.leastBytes).toBe(4 * (4 * 10 + 4 + 1));
  });
});
