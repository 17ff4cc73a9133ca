import { allocationBytes, type BufferSlice, type Gpu, type KernelUse } from "@fledge/runtime";
import type { CompileOptions } from "./compile.ts";
import { FlatNode, KernelNode, type Graph } from "./graph.ts";
import { flatUses, useOf } from "./lower.ts";
import { placeGradients } from "./plan.ts";
import { recordInParts } from "./record-in-parts.ts";
import { differentiated, simplified, type ProgramSource, type Recorded } from "./record.ts";
import { Variable, type Tensor } from "./tensor.ts";
import { byKind, layOutBlocks, placementOf } from "./variables.ts";

/** Variables by the call of `place` that they are given to. */
type Together = readonly (readonly Tensor[])[];

/** Memory that is only counted: no device buffer is behind it. */
const unallocated = {
  allocate: (sizeBytes: number): BufferSlice => ({ buffer: {} as GPUBuffer, offset: 0, sizeBytes }),
};

/**
 * Where `place` would lay variables: those that it is going to be given together, and of flat kernels others, as if each
 * list of theirs were given whole and in order.
 */
function layOut(graph: Graph, limitBytes: number, together: Together): Map<Tensor, BufferSlice> {
  const slices = new Map<Tensor, BufferSlice>();
  const lists = graph.nodes.flatMap((node) => (node instanceof FlatNode ? Object.values(node.lists) : []));
  for (const tensors of [...together, ...lists]) {
    const others = tensors.filter((tensor) => tensor instanceof Variable && !slices.has(tensor)) as Variable[];
    for (const variables of byKind(others)) {
      const { positions, blockBytes } = layOutBlocks(variables, limitBytes);
      const blocks = blockBytes.map(unallocated.allocate);
      variables.forEach((variable, index) => {
        const { block, offset } = positions[index]!;
        slices.set(variable, { ...blocks[block]!, offset, sizeBytes: allocationBytes(variable) });
      });
    }
  }
  return slices;
}

function usesOf(gpu: Gpu, { graph }: Recorded<string, string>, together: Together): KernelUse[] {
  const gradients = placeGradients(gpu, unallocated, graph).slices;
  const variables = layOut(graph, gpu.traits.maxStorageBufferBindingSize, together);
  const slice = (tensor: Tensor): BufferSlice =>
    (tensor instanceof Variable ? (placementOf(gpu, tensor) ?? variables.get(tensor)) : gradients.get(tensor)) ??
    unallocated.allocate(0);
  return graph.nodes.flatMap((node) => {
    if (node instanceof FlatNode) return flatUses(node, slice).map(({ use }) => use);
    return node instanceof KernelNode ? [useOf(node)] : [];
  });
}

/**
 * Every kernel with its shape, in order, that `compile` would run for this source; compiles and allocates nothing.
 * Variables need not be placed: those of one kind then count as lying side by side.
 * @param together the variables that each call of `place` is going to be given, where groups of an optimiser lie between
 * one another
 */
export function kernelUses<Inputs extends string, Results extends string>(
  gpu: Gpu,
  source: ProgramSource<Inputs, Results>,
  options: Pick<CompileOptions, "fusion" | "atOnce"> = {},
  together: Together = [],
): KernelUse[] {
  const inParts = recordInParts(source, options.atOnce ?? Infinity, options);
  if (!inParts) return usesOf(gpu, simplified(differentiated(source, options), options), together);
  return [...inParts.partOf.values(), ...(inParts.update ? [inParts.update] : [])].flatMap((part) =>
    usesOf(gpu, part, together),
  );
}
