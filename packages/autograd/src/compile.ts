import type { Choices, Gpu, TensorSpec } from "@fledge/runtime";
import { differentiate } from "./differentiate.ts";
import { fuseLoss } from "./fuse-loss.ts";
import { fuse } from "./fuse.ts";
import type { Graph } from "./graph.ts";
import type { ForcedRungs } from "./lower.ts";
import { OwnedMemory } from "./owned-memory.ts";
import { plan } from "./plan.ts";
import { Program } from "./program.ts";
import { prune } from "./prune.ts";
import { ConstantTensor, InputTensor, type Tensor } from "./tensor.ts";
import { trace } from "./trace.ts";

export interface CompileOptions {
  /** Forces a rung by kernel name: `{ "conv2d-forward": "conv2d-forward/01-naive" }`. */
  readonly rungs?: ForcedRungs;
  /** The rung for a kernel and shape where none is forced, instead of the kernel's own choice. */
  readonly choices?: Choices;
  /** Off, every op runs as it was written; for tests and study. */
  readonly fusion?: boolean;
}

/** What a program takes and what it computes from that, before it is compiled. */
export type ProgramSource<Inputs extends string, Results extends string> = readonly [
  inputSpecs: Readonly<Record<Inputs, TensorSpec>>,
  body: (inputs: Readonly<Record<Inputs, Tensor>>) => Readonly<Record<Results, Tensor>>,
];

/** Trace, fuse, differentiate, prune: the graph that is left to plan. */
export function record<Inputs extends string, Results extends string>(
  [inputSpecs, body]: ProgramSource<Inputs, Results>,
  { fusion = true, rungs = {} }: Pick<CompileOptions, "fusion" | "rungs">,
): { graph: Graph; inputs: Readonly<Record<Inputs, Tensor>>; results: Readonly<Record<Results, Tensor>> } {
  const named = Object.entries<TensorSpec>(inputSpecs).map(
    ([name, spec]) => [name, new InputTensor(spec, name)] as const,
  );
  const inputs = Object.fromEntries(named) as Record<Inputs, Tensor>;
  const { graph: traced, result } = trace(() => body(inputs));
  const fused = fusion ? fuse(traced, Object.values<Tensor>(result)) : traced;
  const { graph: differentiated, standsFor } = differentiate(fused);
  const resolved = Object.entries<Tensor>(result).map(
    ([name, tensor]) => [name, standsFor.get(tensor) ?? tensor] as const,
  );
  const results = Object.fromEntries(resolved) as Record<Results, Tensor>;
  const pruned = prune(differentiated, Object.values<Tensor>(results));
  const graph = fusion ? fuseLoss(pruned, rungs) : pruned;
  return { graph, inputs, results };
}

/**
 * Trace, differentiate, plan: turns a function of tensors into a program on `gpu`.
 * Variables that the function uses must have been placed. Changes of variables (optimiser steps, running moments)
 * happen in every run; the returned tensors are read back.
 */
export async function compile<Inputs extends string, Results extends string>(
  gpu: Gpu,
  inputSpecs: ProgramSource<Inputs, Results>[0],
  body: ProgramSource<Inputs, Results>[1],
  options: CompileOptions = {},
): Promise<Program<Inputs, Results>> {
  const { graph, inputs, results } = record([inputSpecs, body], options);
  const memory = new OwnedMemory(gpu);
  try {
    const planned = plan(gpu, memory, graph, [...Object.values<Tensor>(results), ...Object.values<Tensor>(inputs)], {
      rungs: options.rungs ?? {},
      choices: options.choices ?? {},
    });
    const tensors = new Set(graph.nodes.flatMap((node) => ("inputs" in node ? Object.values(node.inputs) : [])));
    for (const tensor of tensors) if (tensor instanceof ConstantTensor) gpu.write(planned.slice(tensor), tensor.data);
    const prepared = await Promise.all(planned.kernels.map(({ plan: kernel, slices }) => gpu.prepare(kernel, slices)));
    gpu.throwIfFailed();
    return new Program(gpu, memory, planned, prepared.flat(), inputs, results);
  } catch (error) {
    memory.release();
    throw error;
  }
}
