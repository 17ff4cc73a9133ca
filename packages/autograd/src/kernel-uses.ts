import { allocationBytes, type BufferSlice, type Gpu, type KernelUse } from "@fledge/runtime";
import type { CompileOptions } from "./compile.ts";
import { FlatNode, KernelNode, type Graph } from "./graph.ts";
import { flatUses, useOf } from "./lower.ts";
import { placeGradients } from "./plan.ts";
import { recordInParts } from "./record-in-parts.ts";
import { differentiated, simplified, type ProgramSource, type Recorded } from "./record.ts";
import { Variable, type Tensor } from "./tensor.ts";
import { layOutBlocks, placementOf } from "./variables.ts";

/** Memory that is only counted: no device buffer is behind it. */
const unallocated = {
  allocate: (sizeBytes: number): BufferSlice => ({ buffer: {} as GPUBuffer, offset: 0, sizeBytes }),
};

/** Where `place` would lay the variables of flat kernels, if it were given each kind whole and in order. */
function layOut(graph: Graph, limitBytes: number): Map<Tensor, BufferSlice> {
  const slices = new Map<Tensor, BufferSlice>();
  for (const node of graph.nodes) {
    if (!(node instanceof FlatNode)) continue;
    for (const list of Object.values(node.lists)) {
      const variables = list.filter((tensor) => tensor instanceof Variable);
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

function usesOf(gpu: Gpu, { graph }: Recorded<string, string>): KernelUse[] {
  const gradients = placeGradients(gpu, unallocated, graph).slices;
  const variables = layOut(graph, gpu.traits.maxStorageBufferBindingSize);
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
 */
export function kernelUses<Inputs extends string, Results extends string>(
  gpu: Gpu,
  source: ProgramSource<Inputs, Results>,
  options: Pick<CompileOptions, "fusion" | "atOnce"> = {},
): KernelUse[] {
  const inParts = recordInParts(source, options.atOnce ?? Infinity, options);
  if (!inParts) return usesOf(gpu, simplified(differentiated(source, options), options));
  return [...inParts.partOf.values(), ...(inParts.update ? [inParts.update] : [])].flatMap((part) => usesOf(gpu, part));
}
