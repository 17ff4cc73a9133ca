import { baselineDevice, planKernel, type DeviceTraits } from "@fledge/runtime";
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

  it("rounds operands to f16 where the shape asks for a precision below f32, and sizes are multiples of 4", () => {
    const device = { ...baselineDevice, features: new Set(["shader-f16"]) };
    const rungs = (change: object): string[] =>
      kernels.map((kernel) => planKernel(kernel, { ...shape, ...change }, { device }).rung.split("/")[1]);
    for (const precision of ["f16", "matrix"]) expect(rungs({ precision })).toEqual(["06-f16", "05-f16", "05-f16"]);
    expect(rungs({ precision: "f16", OUT: 5 })).toEqual(rungs({ OUT: 5 }));
    expect(rungs({}).every((rung) => !rung.endsWith("-f16"))).toBe(true);
  });

  it("lets lanes load for one another on a CPU, and splits sums or fills tiles on a GPU", () => {
    const rungs = (device: Partial<DeviceTraits>, IN: number, OUT: number): string[] =>
      kernels.map(
        (kernel) =>
          planKernel(kernel, { N: 3, IN, OUT }, { device: { ...baselineDevice, ...device } }).rung.split("/")[1],
      );
    const subgroups = { features: new Set(["subgroups"]) };
    expect(rungs(subgroups, 8, 4)).toEqual(["03-lane-broadcast", "03-lane-broadcast", "03-lane-broadcast"]);
    const uniform: Partial<DeviceTraits> = { ...subgroups, softwareRoad: "uniform" };
    expect(rungs(uniform, 8, 4)).toEqual(["07-uniform-rows", "06-uniform-rows", "06-uniform-rows"]);
    expect(rungs({}, 8, 4)).toEqual(["02-register-blocked", "02-register-blocked", "02-register-blocked"]);
    const gpu = { ...subgroups, deviceClass: "discrete" } as const;
    expect(rungs(gpu, 8, 4)).toEqual(["05-split-k", "04-workgroup-tiles", "04-workgroup-tiles"]);
    for (const device of [{}, subgroups, gpu]) {
      expect(new Set([...rungs(device, 8, 7), ...rungs(device, 6, 4)])).toEqual(new Set(["01-naive"]));
    }
  });
  it("leaves grids of rows where there are too many of them", () => {
    const device = { ...baselineDevice, deviceClass: "discrete" } as const;
    const plan = (rung?: string) => planKernel(linearForward, { N: 131072, IN: 4, OUT: 4 }, { device, rung });
    expect(plan().rung).toBe("linear-forward/02-register-blocked");
    expect(() => plan("linear-forward/04-workgroup-tiles")).toThrow("N 131072 is above 131070");
  });
});
