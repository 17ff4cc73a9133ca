import { baselineDevice, planKernel } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import { attackKeep, attackStep, dlrGradient } from "../src/index.ts";

describe("attack-step", () => {
  it.each([0, -4, 2.5, NaN])("refuses a size of %j", (size) => {
    expect(() => attackStep.check({ N: size, P: 3 })).toThrow(`attack-step: N is ${size}; give a whole number from 1`);
    expect(() => attackStep.check({ N: 3, P: size })).toThrow(`attack-step: P is ${size}`);
    expect(() => attackKeep.check({ count: size })).toThrow(`attack-keep: count is ${size}`);
    expect(() => dlrGradient.check({ N: size, C: 5 })).toThrow(`dlr-gradient: N is ${size}`);
  });

  it("refuses a single class, and more elements than a buffer addresses", () => {
    expect(() => dlrGradient.check({ N: 2, C: 1 })).toThrow("dlr-gradient: C is 1; give a whole number from 2");
    expect(() => attackStep.check({ N: 2 ** 20, P: 2 ** 11 })).toThrow("give a smaller batch");
  });

  it("takes vectors where images are whole ones, and counts least bytes", () => {
    const planOf = (P: number) => planKernel(attackStep, { N: 2, P }, { device: baselineDevice });
    expect([planOf(48).rung, planOf(45).rung]).toEqual(["attack-step/02-vec4", "attack-step/01-naive"]);
    // Two tensors in, four in and out, four numbers an image.
    expect(planOf(48).leastBytes).toBe(4 * (2 * 48) * (2 + 2 * 4) + 4 * 2 * 4);
  });
});
