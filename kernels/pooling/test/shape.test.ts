import { baselineDevice, planKernel } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import {
  globalAveragePoolBackward, globalAveragePoolForward, maxPool2dBackward, maxPool2dForward, maxPool2dOutputSize,
} from "../src/index.ts";

const shape = { N: 2, IH: 9, IW: 8, C: 4, kernel: 3, stride: 2, padding: 1 };
const image = { N: 2, H: 3, W: 5, C: 4 };

describe("max pooling", () => {
  it("has PyTorch's output size", () => {
    expect(maxPool2dOutputSize(shape)).toEqual({ OH: 5, OW: 4 });
    expect(maxPool2dOutputSize({ ...shape, padding: 0 })).toEqual({ OH: 4, OW: 3 });
    expect(maxPool2dOutputSize({ ...shape, IH: 112, IW: 112 })).toEqual({ OH: 56, OW: 56 });
  });
  it.each([
    [{ N: 0 }, "max-pool2d: N is 0; it must be a whole number of at least 1"],
    [{ IW: 2.5 }, "max-pool2d: IW is 2.5"],
    [{ C: NaN }, "max-pool2d: C is NaN"],
    [{ stride: 0 }, "max-pool2d: stride is 0"],
    [{ padding: -1 }, "max-pool2d: padding is -1; it must be a whole number of at least 0"],
    [{ padding: 2 }, "max-pool2d: padding 2 is above half of kernel 3; lower it"],
    [{ kernel: 12, IH: 20, padding: 0 }, "max-pool2d: kernel 12 exceeds the padded width 8; lower it or raise IW"],
    [{ kernel: 10, IW: 20, padding: 0 }, "max-pool2d: kernel 10 exceeds the padded height 9; lower it or raise IH"],
  ])("refuses %j", (change, message) => {
    expect(() => maxPool2dForward.check({ ...shape, ...change })).toThrow(message);
    expect(() => maxPool2dBackward.check({ ...shape, ...change })).toThrow(message);
  });
  it("counts comparisons, additions and least bytes", () => {
    const forward = planKernel(maxPool2dForward, shape, { device: baselineDevice });
    expect(forward.flops).toBe(2 * 5 * 4 * 4 * 8);
    expect(forward.leastBytes).toBe(4 * (2 * 9 * 8 * 4 + 2 * (2 * 5 * 4 * 4)));
    const backward = planKernel(maxPool2dBackward, shape, { device: baselineDevice });
    expect(backward.flops).toBe(2 * 5 * 4 * 4);
  });
});

describe("global average pooling", () => {
  it.each([
    [{ H: 0 }, "global-average-pool: H is 0; it must be a whole number of at least 1"],
    [{ W: -3 }, "global-average-pool: W is -3"],
    [{ N: Infinity }, "global-average-pool: N is Infinity"],
  ])("refuses %j", (change, message) => {
    expect(() => globalAveragePoolForward.check({ ...image, ...change })).toThrow(message);
    expect(() => globalAveragePoolBackward.check({ ...image, ...change })).toThrow(message);
  });
});

describe("select", () => {
  it("takes four channels at a time where C allows", () => {
    const rungs = (C: number): string[] => [
      planKernel(maxPool2dForward, { ...shape, C }, { device: baselineDevice }).rung,
      planKernel(maxPool2dBackward, { ...shape, C }, { device: baselineDevice }).rung,
      planKernel(globalAveragePoolForward, { ...image, C }, { device: baselineDevice }).rung,
      planKernel(globalAveragePoolBackward, { ...image, C }, { device: baselineDevice }).rung,
    ];
    expect(rungs(4).map((id) => id.split("/")[1])).toEqual(["02-vec4", "02-vec4", "02-vec4", "02-vec4"]);
    expect(rungs(6).map((id) => id.split("/")[1])).toEqual(["01-naive", "01-naive", "01-naive", "01-naive"]);
  });
});
