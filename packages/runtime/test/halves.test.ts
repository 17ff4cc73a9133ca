import { describe, expect, it } from "vitest";
import { baselineDevice } from "../src/device-traits.ts";
import type { Kernel } from "../src/kernel.ts";
import { planKernel } from "../src/plan-kernel.ts";
import { input, output, sizeBytes } from "../src/tensor-spec.ts";
import { withHalves } from "../src/wgsl/halves.ts";
import { parseWgsl } from "../src/wgsl/module.ts";
import { mainPass } from "../src/workgroups.ts";

const source = `// x and out
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> bias: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4f>;
@compute @workgroup_size(1) fn main(@builtin(workgroup_id) group: vec3u) {
  let i = group.x; // x[i]
  out[i] = x[i] * bias[out_of(x[i + 1].y)] + out[i];
  if (x[i].x == 0) { out[i + (2 * 3)].z = bias[0]; }
}`;

const copy = `
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@compute @workgroup_size(1) fn main() { out[0] = x[0]; }`;

describe("withHalves", () => {
  it("widens what is read and rounds what is written, and leaves comments, lines and other tensors alone", () => {
    const half = withHalves(source, ["x", "out"]);
    expect(half.split("\n")).toEqual([
      "enable f16; // x and out",
      "@group(0) @binding(0) var<storage, read> x: array<vec4<f16>>;",
      "@group(0) @binding(1) var<storage, read> bias: array<f32>;",
      "@group(0) @binding(2) var<storage, read_write> out: array<vec4<f16>>;",
      "@compute @workgroup_size(1) fn main(@builtin(workgroup_id) group: vec3u) {",
      "  let i = group.x; // x[i]",
      "  out[i] = vec4<f16>( vec4f(x[i]) * bias[out_of(vec4f(x[i + 1]).y)] + vec4f(out[i]));",
      "  if (vec4f(x[i]).x == 0) { out[i + (2 * 3)].z = f16( bias[0]); }",
      "}",
    ]);
  });

  it("stores single elements, and enables f16 once", () => {
    const half = withHalves(`enable f16;\n${source}`, ["bias"]);
    expect(half.match(/enable f16/g)).toHaveLength(1);
    expect(half).toContain("var<storage, read> bias: array<f16>");
    expect(half).toContain("f32(bias[out_of(x[i + 1].y)])");
  });

  it("leaves alone what the file itself binds as f16", () => {
    const bound = `enable f16;\n${source.replace("bias: array<f32>", "bias: array<f16>")}`;
    expect(withHalves(bound, ["bias"])).toBe(bound);
  });

  it.each([
    ["out[i] += x[i];", "out"],
    ["let p = &out;", "out"],
    ["let n = arrayLength(&x);", "x"],
  ])("refuses %s, naming the tensor", (statement, name) => {
    expect(() => withHalves(source.replace("let i = group.x;", `let i = group.x; ${statement}`), [name])).toThrow(
      `"${name}" cannot be stored as f16: it is used other than`,
    );
  });

  it("refuses what is bound as no floats", () => {
    expect(() => withHalves(source.replace("array<vec4f>", "array<u32>"), ["x"])).toThrow(
      "it is bound as no array<f32>",
    );
  });
});

describe("a plan with tensors in f16", () => {
  const kernelOf = (dtype: "f16" | "f32"): Kernel<{ readonly count: number }> => ({
    name: "copy",
    check: () => undefined,
    tensors: ({ count }) => ({ x: input([count], dtype), out: output([count], dtype) }),
    flops: () => 0,
    rungs: [{ id: "copy/01", idea: "the plainest", module: parseWgsl(copy), passes: mainPass(() => [1, 1, 1]) }],
    select: () => ["copy/01"],
  });
  it("wants shader-f16, and counts two bytes an element", () => {
    const device = { ...baselineDevice, features: new Set(["shader-f16"]) };
    const plan = planKernel(kernelOf("f16"), { count: 10 }, { device });
    expect(plan.features).toEqual(["shader-f16"]);
    expect(plan.leastBytes).toBe(2 * 20);
    expect(sizeBytes({ shape: [3], dtype: "f16" })).toBe(6);
    expect(plan.dispatches[0]!.wgsl).toContain("enable f16;");
    expect(planKernel(kernelOf("f32"), { count: 10 }, { device }).dispatches[0]!.wgsl).toBe(copy);
  });
  it("refuses a rung that itself binds as f16 what lies in memory as f32", () => {
    const device = { ...baselineDevice, features: new Set(["shader-f16"]) };
    const module = parseWgsl(`enable f16;${copy.replace("array<f32>", "array<f16>").replace("= x[0]", "= f32(x[0])")}`);
    const direct = (dtype: "f16" | "f32") => {
      const kernel = kernelOf(dtype);
      return { ...kernel, rungs: [{ ...kernel.rungs[0]!, module }] };
    };
    expect(planKernel(direct("f16"), { count: 10 }, { device }).dispatches[0]!.wgsl).toContain("out: array<f16>");
    expect(() => planKernel(direct("f32"), { count: 10 }, { device })).toThrow(
      'copy/01: the module binds "x" as f16, which lies in memory as f32',
    );
  });
  it("is refused on an adapter without it", () => {
    expect(() => planKernel(kernelOf("f16"), { count: 10 }, { device: baselineDevice })).toThrow(
      /in f16: the adapter lacks shader-f16/,
    );
  });
});
