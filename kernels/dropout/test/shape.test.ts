import { baselineDevice, planKernel } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import { dropout, dropoutDrawn, dropPathBackward, dropPathForward, keepMask } from "../src/index.ts";

const mask = { N: 3, C: 5, rate: 0.5, layer: 1 };
const image = { N: 3, size: 20, survival: 0.8, relu: true };

describe("refuses what is out of range", () => {
  it.each([
    [{ N: 0 }, "N is 0; it must be a whole number from 1"],
    [{ C: 2.5 }, "C is 2.5"],
    [{ N: 2 ** 20, C: 2 ** 20 }, "C is 1048576; it must be a whole number from 1 to 1024"],
    [{ rate: 1.1 }, "rate is 1.1; it must lie between 0 and 1"],
    [{ rate: NaN }, "rate is NaN"],
    [{ layer: -1 }, "layer is -1; it must be a whole number from 0 to 4294967295"],
  ])("a mask of %j", (change, message) => {
    for (const kernel of [keepMask, dropoutDrawn])
      expect(() => kernel.check({ ...mask, ...change })).toThrow(`${kernel.name}: ${message}`);
  });

  it.each([
    [{ size: 0 }, "size is 0"],
    [{ N: -1 }, "N is -1"],
    [{ survival: -0.1 }, "survival is -0.1; it must lie between 0 and 1"],
  ])("a branch of %j", (change, message) => {
    for (const kernel of [dropPathForward, dropPathBackward])
      expect(() => kernel.check({ ...image, ...change })).toThrow(`${kernel.name}: ${message}`);
  });

  it("dropout's count and rate", () => {
    expect(() => dropout.check({ count: 0, rate: 0.5 })).toThrow("dropout: count is 0");
    expect(() => dropout.check({ count: 4, rate: 2 })).toThrow("dropout: rate is 2");
  });
});

it("counts operations and least bytes", () => {
  const device = baselineDevice;
  const costs = ({ flops, leastBytes }: { flops: number; leastBytes: number }) => ({ flops, leastBytes });
  expect(costs(planKernel(keepMask, mask, { device }))).toEqual({ flops: 15, leastBytes: 4 * (3 + 15) });
  expect(costs(planKernel(dropout, { count: 9, rate: 0 }, { device }))).toEqual({ flops: 9, leastBytes: 108 });
  expect(costs(planKernel(dropoutDrawn, mask, { device }))).toEqual({ flops: 30, leastBytes: 4 * (3 + 30) });
  expect(costs(planKernel(dropPathForward, image, { device }))).toEqual({ flops: 180, leastBytes: 4 * (3 + 180) });
  expect(costs(planKernel(dropPathBackward, image, { device }))).toEqual({ flops: 120, leastBytes: 4 * (3 + 240) });
  const plain = planKernel(dropPathBackward, { ...image, relu: false }, { device });
  expect(costs(plain)).toEqual({ flops: 60, leastBytes: 4 * (3 + 120) });
});

describe("select", () => {
  const rungs = (deviceClass: "software" | "discrete", size = 20, C = 8) => {
    const device = { ...baselineDevice, deviceClass };
    return [
      planKernel(keepMask, { ...mask, C }, { device }).rung,
      planKernel(dropoutDrawn, { ...mask, C }, { device }).rung,
      planKernel(dropout, { count: 9, rate: 0.5 }, { device }).rung,
      planKernel(dropPathForward, { ...image, size }, { device }).rung,
      planKernel(dropPathBackward, { ...image, size }, { device }).rung,
    ].map((id) => id.split("/")[1]);
  };

  it("takes runs on a CPU and more invocations on a GPU", () => {
    expect(rungs("software")).toEqual(["03-vec4", "03-vec4", "03-run", "05-run", "04-run"]);
    expect(rungs("discrete")).toEqual(["03-vec4", "03-vec4", "02-vec4", "04-skip", "03-grid"]);
  });

  it("takes what handles odd sizes where they are odd", () => {
    expect(rungs("software", 21, 5)).toEqual(["02-block", "02-block", "03-run", "01-naive", "01-naive"]);
  });

  it("leaves the grid of images where there are too many of them", () => {
    const many = { ...image, N: 70000 };
    expect(planKernel(dropPathForward, many, { device: baselineDevice }).rung).toBe("drop-path-forward/02-vec4");
    expect(() =>
      planKernel(dropPathForward, many, { device: baselineDevice, rung: "drop-path-forward/03-grid" }),
    ).toThrow("its grid of 1 x 70000 passes 65535 workgroups");
  });
});
