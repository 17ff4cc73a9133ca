import type { Kernel } from "../../src/kernel.ts";
import { inout } from "../../src/tensor-spec.ts";
import { parseWgsl } from "../../src/wgsl/module.ts";
import { linearWorkgroups, mainPass } from "../../src/workgroups.ts";

export interface AddShape {
  readonly count: number;
  readonly step: number;
  /** How often each element is stepped: the work of one invocation. */
  readonly rounds: number;
}

const source = /* wgsl */ `
struct Params { count: u32, step: u32, rounds: u32 }
const WG = 64u;
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> x: array<u32>;

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.count) { return; }
  var value = x[id.x];
  for (var round = 0u; round < params.rounds; round++) { value = (value * 3u + params.step) - value * 2u; }
  x[id.x] = value;
}`;

/** Adds `step * rounds` to each of `count` u32, in place. */
export const addKernel: Kernel<AddShape> = {
  name: "add",
  check: () => undefined,
  tensors: ({ count }) => ({ x: inout([count], "u32") }),
  flops: ({ count, rounds }) => count * rounds,
  rungs: [
    {
      id: "add/01-naive",
      idea: "the plainest",
      module: parseWgsl(source),
      params: ({ count, step, rounds }) => ({ count, step, rounds }),
      passes: mainPass(({ count }, { WG }) => linearWorkgroups(count, WG!)),
    },
  ],
  select: () => ["add/01-naive"],
};
