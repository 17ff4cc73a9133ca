import { input, linearWorkgroups, mainPass, output, parseWgsl, type Kernel, type Rung } from "@fledge/runtime";

export interface DoubleShape {
  readonly count: number;
}

const source = (formula: string): string => /* wgsl */ `
struct Params { count: u32 }
const WG = 64u;
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < params.count) { ${formula} }
}`;

const rung = (id: string, formula: string): Rung<DoubleShape> => ({
  id,
  idea: "the plainest",
  module: parseWgsl(source(formula)),
  params: ({ count }) => ({ count }),
  passes: mainPass(({ count }, { WG }) => linearWorkgroups(count, WG!)),
  unsupported: ({ count }) => (count <= 1000 ? null : "more than 1000 elements"),
});

/** Doubles `x[count]` into `out[count]`, by the statement that a test gives; `noop` does what its dispatch floor does. */
export const doubleKernel = (formula: string, noop = ""): Kernel<DoubleShape> => ({
  name: "double",
  check: () => undefined,
  tensors: ({ count }) => ({ x: input([count]), out: output([count]) }),
  flops: ({ count }) => count,
  noop: rung("double/00-noop", noop),
  rungs: [rung("double/01-naive", formula)],
  select: () => ["double/01-naive"],
});

export const rightFormula = "out[id.x] = 2.0 * x[id.x];";
