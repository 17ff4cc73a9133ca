import type { BufferSlice, Gpu, KernelUse } from "@fledge/runtime";
import { record, type CompileOptions, type ProgramSource } from "./compile.ts";
import { KernelNode, UpdateNode } from "./graph.ts";
import { updateUses, useOf } from "./lower.ts";
import { placeGradients } from "./plan.ts";
import { Variable, type Tensor } from "./tensor.ts";
import { locate } from "./variables.ts";

/** Memory that is only counted: no device buffer is behind it. */
const unallocated = {
  allocate: (sizeBytes: number): BufferSlice => ({ buffer: {} as GPUBuffer, offset: 0, sizeBytes }),
};

/**
 * Every kernel with its shape, in order, that `compile` would run for this source; compiles and allocates nothing.
 * Variables that it uses must have been placed.
 */
export function kernelUses<Inputs extends string, Results extends string>(
  gpu: Gpu,
  source: ProgramSource<Inputs, Results>,
  options: Pick<CompileOptions, "fusion"> = {},
): KernelUse[] {
  const { graph } = record(source, options);
  const gradients = placeGradients(gpu, unallocated, graph).slices;
  const slice = (tensor: Tensor): BufferSlice =>
    tensor instanceof Variable ? locate(gpu, tensor) : (gradients.get(tensor) ?? unallocated.allocate(0));
  return graph.nodes.flatMap((node) => {
    if (node instanceof UpdateNode) return updateUses(node, slice).map(({ use }) => use);
    return node instanceof KernelNode ? [useOf(node)] : [];
  });
}
