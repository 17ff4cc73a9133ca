import type { Gpu, TensorSpec } from "@fledge/runtime";
import { differentiate } from "./differentiate.ts";
import { fuse } from "./fuse.ts";
import { trace } from "./graph.ts";
import { prune, type ForcedRungs } from "./lower.ts";
import { OwnedMemory } from "./owned-memory.ts";
import { plan } from "./plan.ts";
import { Program } from "./program.ts";
import { ConstantTensor, InputTensor, type Tensor } from "./tensor.ts";

export interface CompileOptions {
  /** Forces a rung by kernel name: `{ "conv2d-forward": "conv2d-forward/01-naive" }`. */
  readonly rungs?: ForcedRungs;
  /** Off, every op runs as it was written; for tests and study. */
  readonly fusion?: boolean;
}

/**
 * Trace, differentiate, plan: turns a function of tensors into a program on `gpu`.
 * Variables that the function uses must have been placed. Changes of variables (optimiser steps, running moments)
 * happen in every run; the returned tensors are read back.
 */
export async function compile<Inputs extends string, Results extends string>(
  gpu: Gpu,
  inputSpecs: Readonly<Record<Inputs, TensorSpec>>,
  body: (inputs: Readonly<Record<Inputs, Tensor>>) => Readonly<Record<Results, Tensor>>,
  options: CompileOptions = {},
): Promise<Program<Inputs, Results>> {
  const named = Object.entries<TensorSpec>(inputSpecs).map(
    ([name, spec]) => [name, new InputTensor(spec, name)] as const,
  );
  const inputs = Object.fromEntries(named) as Record<Inputs, Tensor>;
  const { graph, result } = trace(() => body(inputs));
  if (options.fusion ?? true) fuse(graph, Object.values<Tensor>(result));
  const standsFor = differentiate(graph);
  const resolved = Object.entries<Tensor>(result).map(
    ([name, tensor]) => [name, standsFor.get(tensor) ?? tensor] as const,
  );
  const results = Object.fromEntries(resolved) as Record<Results, Tensor>;
  const resultTensors = Object.values<Tensor>(results);
  prune(graph, resultTensors);
  const memory = new OwnedMemory(gpu);
  try {
    const planned = plan(
      gpu,
      memory,
      graph,
      [...resultTensors, ...named.map(([, tensor]) => tensor)],
      options.rungs ?? {},
    );
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
