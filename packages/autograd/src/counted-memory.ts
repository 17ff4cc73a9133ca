import { allocationBytes, type BufferSlice, type Gpu } from "@fledge/runtime";
import { FlatNode, type Graph } from "./graph.ts";
import { Variable, type Tensor } from "./tensor.ts";
import { byKind, layOutBlocks, placementOf } from "./variables.ts";

/** Variables by the call of `place` that they are given to. */
export type Together = readonly (readonly Tensor[])[];

/** Memory that is only counted: no device buffer is behind it. */
export class CountedMemory {
  #bytes = 0;

  /** All that was allocated. */
  get bytes(): number {
    return this.#bytes;
  }

  allocate(sizeBytes: number): BufferSlice {
    this.#bytes += sizeBytes;
    return { buffer: {} as GPUBuffer, offset: 0, sizeBytes };
  }
}

/** Lays variables out as one call of `place` would, and counts them in `memory`. */
function layOut(
  variables: readonly Variable[],
  limitBytes: number,
  memory: CountedMemory,
  slices: Map<Tensor, BufferSlice>,
): void {
  for (const kind of byKind(variables)) {
    const { positions, blockBytes } = layOutBlocks(kind, limitBytes);
    const blocks = blockBytes.map((bytes) => memory.allocate(bytes));
    kind.forEach((variable, index) => {
      const { block, offset } = positions[index]!;
      slices.set(variable, { ...blocks[block]!, offset, sizeBytes: allocationBytes(variable) });
    });
  }
}

/** Bytes that a call of `place` with these variables takes; nothing is allocated. */
export function variableBytes({ traits }: Pick<Gpu, "traits">, variables: readonly Variable[]): number {
  const memory = new CountedMemory();
  layOut(variables, traits.maxStorageBufferBindingSize, memory, new Map());
  return memory.bytes;
}

/**
 * Where variables lie, or where `place` would lay them: those that it is going to be given together, and of flat kernels
 * others, as if each list of theirs were given whole and in order.
 */
export function locateUnplaced(
  gpu: Pick<Gpu, "traits">,
  graph: Graph,
  together: Together,
): (variable: Variable) => BufferSlice {
  const slices = new Map<Tensor, BufferSlice>();
  const memory = new CountedMemory();
  const lists = graph.nodes.flatMap((node) => (node instanceof FlatNode ? Object.values(node.lists) : []));
  for (const tensors of [...together, ...lists]) {
    const others = tensors.filter((tensor) => tensor instanceof Variable && !slices.has(tensor)) as Variable[];
    layOut(others, gpu.traits.maxStorageBufferBindingSize, memory, slices);
  }
  return (variable) => placementOf(gpu, variable) ?? slices.get(variable) ?? memory.allocate(allocationBytes(variable));
}
