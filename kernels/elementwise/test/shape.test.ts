import { baselineDevice, planKernel } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import { add, concatenate, relu, reluBackward, scale, split } from "../src/index.ts";

const kernels = [relu, reluBackward, add];

describe("elementwise", () => {
  it.each([0, -4, 2.5, NaN, Infinity, 2 ** 30 + 1])("refuses a count of %j", (count) => {
    for (const kernel of kernels)
      expect(() => kernel.check({ count })).toThrow(`elementwise: count is ${count}; it must be`);
  });
  it("counts operations and least bytes", () => {
    const plans = kernels.map((kernel) => planKernel(kernel, { count: 1001 }, { device: baselineDevice }));
    expect(plans.map(({ flops }) => flops)).toEqual([1001, 1001, 1001]);
    expect(plans.map(({ leastBytes }) => leastBytes)).toEqual([8008, 12012, 12012]);
  });
  it("takes runs of vectors on a CPU, and single vectors on a GPU", () => {
    const choices = (deviceClass: "software" | "discrete", softwareRoad?: "uniform") =>
      kernels.map((kernel) => {
        const { rung, dispatches } = planKernel(
          kernel,
          { count: 2561 },
          { device: { ...baselineDevice, deviceClass, softwareRoad } },
        );
        return [rung, dispatches[0].workgroups];
      });
    // 641 vectors: in runs of 8 for 81 invocations, or one for each of 641, in workgroups of 64.
    expect(choices("software")).toEqual(kernels.map(({ name }) => [`${name}/04-run`, [2, 1, 1]]));
    // An invocation a workgroup, with 512 vectors each.
    const uniform = ["relu/06-no-branch", "relu-backward/06-no-branch", "add/06-counted-turns", "scale/05-uniform"];
    const chosen = kernels.map(({ name }) => [uniform.find((id) => id.startsWith(`${name}/`)), [2, 1, 1]]);
    expect(choices("software", "uniform")).toEqual(chosen);
    expect(choices("discrete")).toEqual(kernels.map(({ name }) => [`${name}/02-vec4`, [11, 1, 1]]));
  });
  it("names what is wrong with a factor or a run", () => {
    for (const factor of [NaN, Infinity])
      expect(() => scale.check({ count: 4, factor })).toThrow(`scale: factor is ${factor}; it must be a finite number`);
    for (const kernel of [concatenate, split]) {
      expect(() => kernel.check({ countA: 0, countB: 4 })).toThrow("elementwise: count is 0");
      expect(() => kernel.check({ countA: 4, countB: 1.5 })).toThrow("elementwise: count is 1.5");
      expect(() => kernel.check({ countA: 2 ** 29, countB: 2 ** 29 + 1 })).toThrow("elementwise: count is 1073741825");
    }
  });
  it("copies in vectors where a run ends with one", () => {
    for (const kernel of [concatenate, split]) {
      const rungOf = (countA: number) => planKernel(kernel, { countA, countB: 7 }, { device: baselineDevice }).rung;
      expect([rungOf(8), rungOf(9)]).toEqual([`${kernel.name}/02-vec4`, `${kernel.name}/01-naive`]);
      expect(() =>
        planKernel(kernel, { countA: 9, countB: 7 }, { device: baselineDevice, rung: `${kernel.name}/02-vec4` }),
      ).toThrow("countA is 9, no multiple of 4");
    }
  });
});
