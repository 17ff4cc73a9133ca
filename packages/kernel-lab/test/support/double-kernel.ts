import {
  input,
  linearWorkgroups,
  mainPass,
  output,
  parseWgsl,
  type Kernel,
  type KernelUse,
  type Rung,
} from "@fledge/runtime";

export interface DoubleShape {
  readonly count: number;
}

/** A module whose invocation `i` runs `statement`, which is to write `out[i]`. */
export const moduleOf = (statement: string): string => /* wgsl */ `
struct Params { count: u32, factor: f32 }
const WG = 64u;
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  if (i < params.count) { ${statement} }
}`;

export const doubling = moduleOf("out[i] = params.factor * x[i];");

const plainest = {
  idea: "the plainest",
  params: ({ count }: DoubleShape) => ({ count, factor: 2 }),
  passes: mainPass<DoubleShape>(({ count }, { WG }) => linearWorkgroups(count, WG!)),
};

/** What sets a rung apart from the plainest. */
export type Different = Partial<Rung<DoubleShape>> & { readonly id: string; readonly source?: string };

/**
 * Doubles `x[count]` into `out[count]`. The rungs are the plainest but for what is said of each; `select` names
 * them from the last to the first.
 */
export function doubleKernel(...rungs: readonly Different[]): Kernel<DoubleShape> {
  return {
    name: "double",
    check: () => undefined,
    tensors: ({ count }) => ({ x: input([count]), out: output([count]) }),
    flops: ({ count }) => count,
    rungs: rungs.map(({ source = doubling, ...rung }) => ({ ...plainest, ...rung, module: parseWgsl(source) })),
    select: () => rungs.map(({ id }) => id).reverse(),
  };
}

export const onCounts = (kernel: Kernel<DoubleShape>, ...counts: readonly number[]): KernelUse[] =>
  counts.map((count) => ({ kernel: kernel as Kernel<unknown>, shape: { count } }));
