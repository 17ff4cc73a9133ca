import { baselineDevice, planKernel } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import { addTaps, affineJob, cropResize, factorProducts, mapValues, shearJob } from "../src/index.ts";

const placed = { from: 0, to: 12, width: 4, height: 4 };

describe("augment", () => {
  it.each([
    [{ N: 0, bytes: 16 }, "N is 0; give a whole number"],
    [{ N: 65536, bytes: 16 }, "at most 65535 jobs"],
    [{ N: 1, bytes: 18 }, "a multiple of 4"],
    [{ N: 1, bytes: 2.5 }, "bytes is 2.5"],
  ])("refuses %o", (shape, message) => {
    expect(() => mapValues.check(shape)).toThrow(message);
  });

  it("refuses a crop of no rows", () => {
    expect(() => cropResize.check({ N: 1, bytes: 16, list: 4, OH: 2, OW: 2, rows: 0 })).toThrow("rows is 0");
  });

  it("refuses what does not fit fixed point", () => {
    const large = { ...placed, width: 40000 };
    expect(() => affineJob(large, [1, 0.3, 0, 0, 1, 0], [0, 0, 0], [])).toThrow(/40000 x 4 is too large to shear/);
    expect(() => shearJob(placed, "x", 1, [0, 0, 0])).toThrow("shear is 1");
  });

  it("rounds products to float32 and sums of taps to 2^22", () => {
    expect(factorProducts(0.1)[3]).toBe(Math.fround(Math.fround(0.1) * 3));
    const list: number[] = [];
    expect(addTaps(list, 7, 3, 0, 3)).toEqual({ least: 0, end: 7 });
    const [stride] = list as [number];
    for (let at = 1; at < list.length; at += stride) {
      const weights = list.slice(at + 2, at + 2 + list[at + 1]!);
      expect(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 2 ** 22)).toBeLessThan(8);
    }
  });

  it("takes two passes to resize", () => {
    const shape = { N: 2, bytes: 4096, list: 64, OH: 8, OW: 8, rows: 16 };
    const plan = planKernel(cropResize, shape, { device: baselineDevice });
    expect(plan.dispatches.map(({ entryPoint }) => entryPoint)).toEqual(["resizeAcross", "resizeDown"]);
  });
});
