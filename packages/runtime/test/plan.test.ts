import { describe, expect, it } from "vitest";
import { baselineDevice, type DeviceTraits } from "../src/device-traits.ts";
import { UnsupportedRungError } from "../src/errors.ts";
import type { Kernel, Rung } from "../src/kernel.ts";
import { planKernel, planNoop, whyUnsupported } from "../src/plan-kernel.ts";
import { input, output } from "../src/tensor-spec.ts";
import { parseWgsl } from "../src/wgsl/module.ts";
import { ceilDiv, linearWorkgroups, mainPass } from "../src/workgroups.ts";
import { addKernel } from "./support/add-kernel.ts";

interface Shape {
  readonly count: number;
}

const source = `
struct Params { count: u32 }
const WG = 64u;
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
@group(0) @binding(3) var<storage, read_write> partial: array<f32>;
@compute @workgroup_size(WG) fn main() {}
@compute @workgroup_size(1) fn finish() {}`;

const naive: Rung<Shape> = {
  id: "sum/01-naive",
  idea: "the plainest",
  module: parseWgsl(source),
  params: ({ count }) => ({ count }),
  scratch: ({ count }, { WG }) => ({ partial: { shape: [ceilDiv(count, WG!)], dtype: "f32" } }),
  passes: [
    ...mainPass<Shape>(({ count }, { WG }) => [ceilDiv(count, WG!), 1, 1]),
    { entryPoint: "finish", workgroups: () => [1, 1, 1] },
  ],
};
const wide: Rung<Shape> = {
  ...naive,
  id: "sum/02-wide",
  constants: () => ({ WG: 256 }),
  features: ["subgroups"],
  unsupported: ({ count }) => (count % 4 === 0 ? null : "count is no multiple of 4"),
};

const sum: Kernel<Shape> = {
  name: "sum",
  check: ({ count }) => {
    if (count < 1) throw new Error("sum: count must be at least 1");
  },
  tensors: ({ count }) => ({ x: input([count]), out: output([]) }),
  flops: ({ count }) => count,
  rungs: [naive, wide],
  select: () => [wide.id, naive.id],
};

const withSubgroups: DeviceTraits = { ...baselineDevice, features: new Set(["subgroups"]) };
const changed = (change: Partial<Rung<Shape>>): Kernel<Shape> => ({
  ...sum,
  rungs: [{ ...naive, ...change }],
  select: () => [naive.id],
});
const planning =
  (kernel: Kernel<Shape>, count = 1000) =>
  () =>
    planKernel(kernel, { count }, { device: baselineDevice });

describe("planKernel", () => {
  it("lists the dispatches with constants, parameters and workgroups in place", () => {
    const plan = planKernel(sum, { count: 1000 }, { device: withSubgroups });
    expect(plan.rung).toBe("sum/02-wide");
    expect(plan.scratch).toEqual({ partial: { shape: [4], dtype: "f32" } });
    expect(plan.dispatches.map(({ entryPoint, workgroups }) => [entryPoint, workgroups])).toEqual([
      ["main", [4, 1, 1]],
      ["finish", [1, 1, 1]],
    ]);
    expect(plan.dispatches[0]!.wgsl).toBe(source.replace("WG = 64u", "WG = 256u"));
    expect(new Uint32Array(plan.dispatches[0]!.params)[0]).toBe(1000);
    expect(plan.features).toEqual(["subgroups"]);
    expect([plan.flops, plan.leastBytes]).toEqual([1000, 4004]);
  });

  it("counts a tensor that is updated in place as read and written", () => {
    expect(planKernel(addKernel, { count: 10, step: 1, rounds: 1 }, { device: baselineDevice }).leastBytes).toBe(80);
  });

  it("takes the first rung of the kernel's choice that can run", () => {
    expect(planKernel(sum, { count: 1001 }, { device: withSubgroups }).rung).toBe("sum/01-naive");
    expect(planKernel(sum, { count: 1000 }, { device: baselineDevice }).rung).toBe("sum/01-naive");
  });

  it("says why no rung can run, or not the forced one", () => {
    expect(() => planKernel({ ...sum, select: () => [wide.id] }, { count: 1001 }, { device: withSubgroups })).toThrow(
      'no rung of sum can run {"count":1001}: sum/02-wide: count is no multiple of 4',
    );
    expect(() => planKernel(sum, { count: 4 }, { device: baselineDevice, rung: wide.id })).toThrow(
      "the adapter lacks subgroups",
    );
    expect(() => planKernel(sum, { count: 4 }, { device: baselineDevice, rung: "sum/03" })).toThrow(
      'sum has no rung "sum/03"; it has sum/01-naive, sum/02-wide',
    );
  });

  it("checks the shape first", () => {
    expect(planning(sum, 0)).toThrow("sum: count must be at least 1");
  });

  it.each([
    ["a binding that is no tensor", { scratch: () => ({}) }, 'binding "partial" is no tensor of the kernel'],
    [
      "an input that can be written",
      { module: parseWgsl(source.replace("read> x", "read_write> x")) },
      'input "x" must be bound read-only',
    ],
    [
      "an output that cannot be written",
      { module: parseWgsl(source.replace("read_write> out", "read> out")) },
      'output "out" must be bound read_write',
    ],
    [
      "a tensor that is not bound",
      { module: parseWgsl(source.replace(/.*> out.*/, "")) },
      "the module does not bind out",
    ],
    [
      "a uniform of another name",
      { module: parseWgsl(source.replace("> params", "> settings")) },
      'the uniform "settings" must be called "params"',
    ],
    [
      "a uniform without struct Params",
      { module: parseWgsl(source.replace("struct Params", "struct Settings")) },
      "a uniform needs `struct Params`",
    ],
    [
      "a struct Params without uniform",
      { module: parseWgsl(source.replace(/.*<uniform>.*/, "")) },
      "`struct Params` is bound by no uniform",
    ],
    ["a parameter that would wrap", { params: () => ({ count: -1.5 }) }, "Params.count is -1.5, which is no u32"],
    ["a constant that is not there", { constants: () => ({ TILE: 8 }) }, "the WGSL module has no constant TILE to set"],
    [
      "too many workgroups",
      { passes: mainPass<Shape>(() => [1, 65536, 1]) },
      "entry point main wants [1, 65536, 1] workgroups",
    ],
    [
      "a NaN of workgroups",
      { passes: mainPass<Shape>(() => [NaN, 1, 1]) },
      "entry point main wants [NaN, 1, 1] workgroups",
    ],
    ["no workgroups", { passes: mainPass<Shape>(() => [1, 1, 0]) }, "entry point main wants [1, 1, 0] workgroups"],
  ])("refuses %s and names the rung", (_what, change: Partial<Rung<Shape>>, message) => {
    expect(planning(changed(change))).toThrow(`sum/01-naive: ${message}`);
  });
});

describe("the dispatch floor", () => {
  const noop: Rung<Shape> = { ...naive, id: "sum/00-noop" };
  const withNoop: Kernel<Shape> = { ...sum, noop };

  it("is planned as a rung that moves and computes nothing", () => {
    const plan = planNoop(withNoop, { count: 1000 }, baselineDevice)!;
    const first = planKernel(sum, { count: 1000 }, { device: baselineDevice, rung: naive.id });
    expect(plan).toMatchObject({ kernel: "sum", rung: "sum/00-noop", flops: 0, leastBytes: 0, scratch: first.scratch });
    expect(plan.dispatches.map(({ workgroups }) => workgroups)).toEqual(
      first.dispatches.map(({ workgroups }) => workgroups),
    );
    expect(planNoop(sum, { count: 1000 }, baselineDevice)).toBeNull();
  });

  it("is refused where it is forced, and never chosen", () => {
    expect(() => planKernel(withNoop, { count: 4 }, { device: baselineDevice, rung: noop.id })).toThrow(
      new UnsupportedRungError("sum/00-noop computes nothing: benchmarks time it, and no program can be made of it"),
    );
    expect(() =>
      planKernel({ ...withNoop, select: () => [noop.id] }, { count: 4 }, { device: baselineDevice }),
    ).toThrow('sum has no rung "sum/00-noop"');
  });

  it("is held to the shape's check and the device like any rung", () => {
    expect(() => planNoop(withNoop, { count: 0 }, baselineDevice)).toThrow("sum: count must be at least 1");
    expect(() =>
      planNoop({ ...withNoop, noop: { ...noop, features: ["shader-f16"] } }, { count: 4 }, baselineDevice),
    ).toThrow('sum/00-noop cannot run {"count":4}: the adapter lacks shader-f16');
  });
});

describe("whyUnsupported", () => {
  it("refuses an entry point that the module lacks", () => {
    const passes = [{ entryPoint: "start", workgroups: () => [1, 1, 1] as const }];
    expect(() => whyUnsupported({ ...naive, passes }, { count: 4 }, baselineDevice)).toThrow(
      'sum/01-naive has no entry point "start"; it has main, finish',
    );
  });

  it("counts the storage buffers that the module binds", () => {
    expect(whyUnsupported(naive, { count: 4 }, { ...baselineDevice, maxStorageBuffersPerShaderStage: 3 })).toBeNull();
    expect(whyUnsupported(naive, { count: 4 }, { ...baselineDevice, maxStorageBuffersPerShaderStage: 2 })).toBe(
      "it binds 3 storage buffers, the adapter takes 2",
    );
  });
});

describe("linearWorkgroups", () => {
  it.each([
    [0, [1, 1, 1]],
    [1, [1, 1, 1]],
    [65, [2, 1, 1]],
    [65535 * 64, [65535, 1, 1]],
  ])("lays %d invocations out as %j", (invocations, expected) => {
    expect(linearWorkgroups(invocations, 64)).toEqual(expected);
  });

  it.each([65535 * 64 + 1, 200_000_000, 65535 * 65535 * 64])(
    "folds %d invocations into y and covers them, with few to spare",
    (invocations) => {
      const [x, y, z] = linearWorkgroups(invocations, 64);
      expect(z).toBe(1);
      expect(Math.max(x, y)).toBeLessThanOrEqual(65535);
      expect(x * y * 64).toBeGreaterThanOrEqual(invocations);
      expect((x * y - y) * 64).toBeLessThan(invocations);
    },
  );
});

describe("a tile", () => {
  const device = { ...withSubgroups, maxComputeWorkgroupStorageSize: 1024 };
  const withMemory = parseWgsl(
    source
      .replace("const WG", "var<workgroup> shared: array<vec4f, WG / 2>;\nconst WG")
      .replace("main() {}", "main() { shared[0] = vec4f(); }"),
  );
  const kernel = changed({ module: withMemory });
  const plan = (tile: Record<string, number>, rung: string | undefined = naive.id) =>
    planKernel(kernel, { count: 100 }, { device, rung, tile });

  it("sets constants over the rung's own, in module, scratch and grid, and is named by the plan", () => {
    const planned = plan({ WG: 32 });
    expect(planned).toMatchObject({ rung: naive.id, tile: { WG: 32 }, scratch: { partial: { shape: [4] } } });
    expect(planned.dispatches[0]).toMatchObject({ workgroups: [4, 1, 1] });
    expect(planned.dispatches[0]!.wgsl).toContain("const WG = 32u;");
    expect(planKernel(kernel, { count: 100 }, { device, rung: naive.id })).not.toHaveProperty("tile");
  });

  it("is refused beyond the device's workgroups, by the entry points that take so much", () => {
    expect(() => plan({ WG: 256 })).toThrow("its workgroups take 2048 bytes of memory, the adapter has 1024");
    expect(whyUnsupported(naive, { count: 100 }, device, { WG: 512 })).toBe(
      "its workgroups have 512 invocations, the adapter takes 256",
    );
    expect(whyUnsupported(naive, { count: 100 }, device, { WG: 256 })).toBeNull();
  });

  it("must set what the module has, and needs a rung", () => {
    expect(() => plan({ BM: 1 })).toThrow("the WGSL module has no constant BM to set");
    expect(() => planKernel(kernel, { count: 1 }, { device, tile: { WG: 32 } })).toThrow("a tile without the rung");
  });
});
