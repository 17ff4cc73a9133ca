import { baselineDevice, planKernel } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import {
  globalAveragePoolBackward,
  globalAveragePoolForward,
  maxPool2dBackward,
  maxPool2dForward,
  maxPool2dOutputSize,
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
  const rungs = (
    C: number,
    deviceClass: "software" | "discrete",
    softwareRoad?: "uniform",
    subgroupSize = 8,
  ): string[] => {
    const device = { ...baselineDevice, deviceClass, softwareRoad, subgroupSize };
    return [
      planKernel(maxPool2dForward, { ...shape, C }, { device }).rung,
      planKernel(maxPool2dBackward, { ...shape, C }, { device }).rung,
      planKernel(globalAveragePoolForward, { ...image, C }, { device }).rung,
      planKernel(globalAveragePoolBackward, { ...image, C }, { device }).rung,
    ].map((id) => id.split("/")[1]);
  };
  it("takes runs of channels on a CPU, and more invocations on a GPU", () => {
    expect(rungs(4, "software")).toEqual(["05-run", "06-run", "04-run", "03-column"]);
    expect(rungs(4, "discrete")).toEqual(["04-grid", "05-block", "03-split-rows", "02-vec4"]);
  });
  it("touches lines ahead where a software driver gathers, and channels occupy its lanes", () => {
    expect(rungs(32, "software", "uniform").slice(0, 2)).toEqual(["06-touched-ahead", "07-touched-ahead"]);
    expect(rungs(64, "software", "uniform", 16).slice(0, 2)).toEqual(["07-wide-lanes", "08-wide-lanes"]);
    expect(rungs(32, "software", "uniform", 16)).toEqual(rungs(32, "software", "uniform"));
    expect(rungs(28, "software", "uniform").slice(0, 2)).toEqual(["05-run", "06-run"]);
    expect(rungs(32, "software").slice(0, 2)).toEqual(["05-run", "06-run"]);
  });
  it("takes the naive rungs where C is no multiple of 4", () => {
    for (const device of ["software", "discrete"] as const)
      expect(new Set(rungs(6, device))).toEqual(new Set(["01-naive"]));
  });
  it("leaves the grid of rows and images where there are too many of them", () => {
    const tall = { ...shape, IH: 140000 };
    const device = baselineDevice;
    const forced = (rung: string) => () => planKernel(maxPool2dForward, tall, { device, rung });
    expect(planKernel(maxPool2dForward, tall, { device }).rung).toBe("max-pool2d-forward/02-vec4");
    expect(forced("max-pool2d-forward/04-grid")).toThrow("its grid of 1 x 70000 x 2 passes 65535 workgroups");
    expect(planKernel(maxPool2dBackward, tall, { device }).rung).toBe("max-pool2d-backward/02-vec4");
  });
});
