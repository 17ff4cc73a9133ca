import type { BufferSlice, Gpu, KernelUse } from "@fledge/runtime";
import type { CompileOptions } from "./compile.ts";
import { CountedMemory, locateUnplaced, type Together } from "./counted-memory.ts";
import { FlatNode, KernelNode } from "./graph.ts";
import { flatUses, useOf } from "./lower.ts";
import { placeGradients } from "./plan.ts";
import { recordInParts } from "./record-in-parts.ts";
import { differentiated, simplified, type ProgramSource, type Recorded } from "./record.ts";
import { Variable, type Tensor } from "./tensor.ts";

function usesOf(gpu: Gpu, { graph }: Recorded<string, string>, together: Together): KernelUse[] {
  const memory = new CountedMemory();
  const gradients = placeGradients(gpu, memory, graph).slices;
  const locate = locateUnplaced(gpu, graph, together);
  const slice = (tensor: Tensor): BufferSlice =>
    tensor instanceof Variable ? locate(tensor) : (gradients.get(tensor) ?? memory.allocate(0));
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
