import { baselineDevice, planKernel, type Kernel } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import { batchnormApply, batchnormBackward, batchnormStatistics } from "../src/index.ts";
import { stripsOf } from "../src/strips.ts";
import { activations, singleRow } from "./shapes.ts";

const sizes = { N: 2, H: 3, W: 3, C: 8 };
const options = { momentum: 0.1, epsilon: 1e-5, relu: true, residual: true, frozen: false };
const shape = { ...sizes, ...options };
const kernels = [batchnormStatistics, batchnormApply, batchnormBackward] as Kernel<typeof shape>[];

describe("a wrong shape", () => {
  it.each(kernels.flatMap((kernel) => [0, -1, 2.5, NaN, Infinity].map((size) => ({ kernel, size }))))(
    "$kernel.name refuses C = $size",
    ({ kernel, size }) => {
      expect(() => kernel.check({ ...shape, C: size })).toThrow(
        `${kernel.name}: C must be a whole number from 1 up, got ${size}`,
      );
    },
  );

  it("is refused for a single row in training, as PyTorch does", () => {
    const one = { ...singleRow, ...options };
    expect(() => batchnormStatistics.check(one)).toThrow("batchnorm-statistics: N*H*W is 1");
    expect(() => batchnormBackward.check(one)).toThrow("batchnorm-backward: N*H*W is 1");
    expect(() => batchnormBackward.check({ ...one, frozen: true })).not.toThrow();
    expect(() => batchnormApply.check(one)).not.toThrow();
  });

  it("names epsilon and momentum out of range", () => {
    expect(() => batchnormApply.check({ ...shape, epsilon: 0 })).toThrow("batchnorm-apply: epsilon must be a positive");
    expect(() => batchnormBackward.check({ ...shape, epsilon: NaN })).toThrow("batchnorm-backward: epsilon must be");
    expect(() => batchnormStatistics.check({ ...shape, momentum: 1.5 })).toThrow("momentum must lie between 0 and 1");
    expect(() => batchnormStatistics.check({ ...shape, momentum: NaN })).toThrow("momentum must lie between 0 and 1");
  });
});

describe("a plan", () => {
  const rungOf = (kernel: Kernel<typeof shape>, change: Partial<typeof shape>): string =>
    planKernel(kernel, { ...shape, ...change }, { device: baselineDevice }).rung;

  it("takes vectors where C is a multiple of 4", () => {
    expect(kernels.map((kernel) => rungOf(kernel, {}))).toEqual([
      "batchnorm-statistics/04-vectorised",
      "batchnorm-apply/03-vectorised",
      "batchnorm-backward/04-vectorised",
    ]);
  });

  it("takes single channels elsewhere, and the naive gradient for a single row", () => {
    expect(kernels.map((kernel) => rungOf(kernel, { C: 6 }))).toEqual([
      "batchnorm-statistics/03-single-read",
      "batchnorm-apply/02-several-rows",
      "batchnorm-backward/03-several-rows",
    ]);
    expect(rungOf(batchnormBackward as Kernel<typeof shape>, { ...singleRow, frozen: true })).toBe(
      "batchnorm-backward/01-naive",
    );
  });

  it("binds each tensor's own gradient only where the shape has it", () => {
    const names = (change: Partial<typeof shape>): string[] =>
      Object.keys(batchnormBackward.tensors({ ...shape, ...change }));
    expect(names({})).toContain("out");
    expect(names({})).toContain("dResidual");
    expect(names({ relu: false })).not.toContain("out");
    expect(names({ residual: false })).not.toContain("dResidual");
  });

  it("costs the arithmetic and the traffic of the operator", () => {
    const plan = planKernel(batchnormApply, { ...shape, residual: false }, { device: baselineDevice });
    expect(plan.flops).toBe(4 * 144);
    expect(plan.leastBytes).toBe(2 * 144 * 4 + 4 * 8 * 4);
  });
});

describe("strips", () => {
  it.each(Object.entries(activations))("cover the rows of %s, none empty, within dX", (_name, activation) => {
    const rows = activation.N * activation.H * activation.W;
    const { stripRows, strips } = stripsOf(activation);
    expect(strips * stripRows).toBeGreaterThanOrEqual(rows);
    expect((strips - 1) * stripRows).toBeLessThan(rows);
    expect(strips).toBeLessThanOrEqual(512);
    expect(2 * strips).toBeLessThanOrEqual(rows);
  });
});
