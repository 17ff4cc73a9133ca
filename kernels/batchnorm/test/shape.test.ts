import { baselineDevice, planKernel, type DeviceTraits, type Kernel } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import { batchnormApply, batchnormBackward, batchnormStatistics } from "../src/index.ts";
import type { ActivationShape } from "../src/shape.ts";
import { longStripsOf, stripsOf } from "../src/strips.ts";
import { activations, singleRow } from "./shapes.ts";

const withSingleRow = { ...activations, "one row": singleRow };
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
  const cpu: DeviceTraits = { ...baselineDevice, maxStorageBuffersPerShaderStage: 10 };
  const rungOf = (kernel: Kernel<typeof shape>, change: Partial<typeof shape>, device = cpu): string =>
    planKernel(kernel, { ...shape, ...change }, { device }).rung;

  it("takes whole columns on a CPU where the rows are few or the channels many", () => {
    expect(kernels.map((kernel) => rungOf(kernel, {}))).toEqual([
      "batchnorm-statistics/06-whole-columns",
      "batchnorm-apply/04-long-runs",
      "batchnorm-backward/06-whole-columns",
    ]);
  });

  it("touches lines ahead where the driver gathers, and takes uniform addresses where it makes scalar code of them", () => {
    const uniform = { ...cpu, softwareRoad: "uniform" } as const;
    const rungs = (change: Partial<typeof shape>) => kernels.map((kernel) => rungOf(kernel, change, uniform));
    expect(rungs({ H: 112, W: 112, C: 64 })).toEqual([
      "batchnorm-statistics/10-touched-ahead",
      "batchnorm-apply/07-counted-turns",
      "batchnorm-backward/09-touched-ahead",
    ]);
    const wide = { ...uniform, subgroupSize: 16 } as const;
    expect(kernels.map((kernel) => rungOf(kernel, { H: 112, W: 112, C: 64 }, wide))).toEqual([
      "batchnorm-statistics/11-wide-lanes",
      "batchnorm-apply/07-counted-turns",
      "batchnorm-backward/11-counted",
    ]);
    expect(rungOf(kernels[2]!, { N: 8, H: 28, W: 28, C: 512 }, wide)).toBe("batchnorm-backward/12-long");
    expect(rungOf(kernels[2]!, { N: 8, H: 7, W: 7, C: 512 }, wide)).toBe("batchnorm-backward/11-counted");
    expect(rungs({ C: 16 })).toEqual([
      "batchnorm-statistics/06-whole-columns",
      "batchnorm-apply/07-counted-turns",
      "batchnorm-backward/06-whole-columns",
    ]);
    expect(rungs({ H: 400, W: 400, C: 8 })).toEqual([
      "batchnorm-statistics/10-touched-ahead",
      "batchnorm-apply/04-long-runs",
      "batchnorm-backward/06-whole-columns",
    ]);
  });

  it("splits few channels of many rows, to leave no core idle", () => {
    expect(kernels.map((kernel) => rungOf(kernel, { H: 112, W: 112, C: 64 }))).toEqual([
      "batchnorm-statistics/04-vectorised",
      "batchnorm-apply/04-long-runs",
      "batchnorm-backward/05-long-strips",
    ]);
  });

  it("takes trees on a GPU", () => {
    expect(kernels.map((kernel) => rungOf(kernel, {}, { ...cpu, deviceClass: "discrete" }))).toEqual([
      "batchnorm-statistics/07-workgroup-tree",
      "batchnorm-apply/03-vectorised",
      "batchnorm-backward/07-workgroup-tree",
    ]);
  });

  it("takes single channels where C is no multiple of 4", () => {
    expect(kernels.map((kernel) => rungOf(kernel, { C: 6 }))).toEqual([
      "batchnorm-statistics/03-single-read",
      "batchnorm-apply/02-several-rows",
      "batchnorm-backward/03-several-rows",
    ]);
  });

  it.each(Object.entries(withSingleRow))("fits in 8 storage buffers for %s", (_name, sizes) => {
    const device = { ...baselineDevice, maxStorageBuffersPerShaderStage: 8 };
    const frozen = { ...options, ...sizes, frozen: true };
    const plans = [
      planKernel(batchnormBackward, frozen, { device }),
      planKernel(batchnormBackward, frozen, { device: { ...device, deviceClass: "discrete" } }),
      planKernel(batchnormApply, frozen, { device }),
    ];
    for (const { bindings } of plans.flatMap(({ dispatches }) => dispatches)) {
      expect(bindings.filter(({ access }) => access !== "uniform").length).toBeLessThanOrEqual(8);
    }
  });

  it("binds each tensor's own gradient only where the shape has it", () => {
    const names = (change: Partial<typeof shape>): string[] =>
      Object.keys(batchnormBackward.tensors({ ...shape, ...change }));
    expect(names({})).toContain("gate");
    expect(names({})).toContain("dResidual");
    expect(names({ relu: false })).not.toContain("gate");
    expect(names({ residual: false })).not.toContain("dResidual");
  });

  it("takes the ReLU's mask from the result where there is a residual, else from the bias", () => {
    const gate = (residual: boolean) => batchnormBackward.tensors({ ...shape, residual })["gate"]?.shape;
    expect(gate(true)).toEqual([2, 3, 3, 8]);
    expect(gate(false)).toEqual([8]);
  });

  it("costs the arithmetic and the traffic of the operator", () => {
    const plan = planKernel(batchnormApply, { ...shape, residual: false }, { device: baselineDevice });
    expect(plan.flops).toBe(4 * 144);
    expect(plan.leastBytes).toBe(2 * 144 * 4 + 4 * 8 * 4);
  });
});

describe("strips", () => {
  const splits = { stripsOf, longStripsOf, "stripsOf, 256 rows": (shape: ActivationShape) => stripsOf(shape, 256) };
  const all = Object.entries(splits).flatMap(([split, of]) =>
    Object.entries(withSingleRow).map(([name, activation]) => ({ split, of, name, activation })),
  );

  it.each(all)("of $split cover the rows of $name, none empty", ({ of, activation }) => {
    const rows = activation.N * activation.H * activation.W;
    const { stripRows, strips } = of(activation);
    expect(strips * stripRows).toBeGreaterThanOrEqual(rows);
    expect((strips - 1) * stripRows).toBeLessThan(rows);
    expect(strips).toBeLessThanOrEqual(512);
  });

  it("are long where a few occupy a CPU, and one where there are channels enough", () => {
    expect(longStripsOf({ N: 8, H: 56, W: 56, C: 64 })).toEqual({ stripRows: 3136, strips: 8 });
    expect(longStripsOf({ N: 8, H: 7, W: 7, C: 2048 })).toEqual({ stripRows: 392, strips: 1 });
  });
});
