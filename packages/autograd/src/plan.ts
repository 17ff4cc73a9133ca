import {
  allocationBytes,
  sizeBytes,
  type BufferSlice,
  type Gpu,
  type KernelPlan,
  type KernelTensor,
} from "@fledge/runtime";
import { FlatNode, type Graph, type KernelNode } from "./graph.ts";
import { isFlat, lower, lowerFlat, type ChosenKernel, type RungOptions, type PlannedStep } from "./lower.ts";
import { planArena, type ArenaPlan, type Lifetime } from "./memory.ts";
import type { OwnedMemory } from "./owned-memory.ts";
import { ConstantTensor, InputTensor, Variable, type Tensor } from "./tensor.ts";
import { layOutBlocks } from "./variables.ts";

/** A kernel plan with the memory of each of its tensors and scratch buffers. */
export interface PlacedKernel extends ChosenKernel {
  /** What it was made of. */
  readonly node: KernelNode | FlatNode;
  /** The program's tensors behind each of the kernel's names: one, or of a flat kernel the neighbours in order. */
  readonly tensors: Readonly<Record<string, readonly Tensor[]>>;
  readonly slices: Readonly<Record<string, BufferSlice>>;
}

export interface ProgramPlan {
  readonly kernels: readonly PlacedKernel[];
  readonly arena: ArenaPlan;
  /** What lives in the arena between which of `kernels`, by index; to their number where it stays until after the last. */
  readonly lifetimes: readonly Lifetime[];
  /** The gradients outside the arena. */
  readonly gradients: ReadonlySet<Tensor>;
  /** What the program would move if it wrote each of its tensors once and read each once. */
  readonly leastBytes: number;
  /** Bytes of gradients that an optimiser reads; they lie side by side, outside the arena. */
  readonly gradientBytes: number;
  readonly slice: (tensor: Tensor) => BufferSlice;
}

const tensorsOf = (step: PlannedStep): Tensor[] =>
  isFlat(step) ? [...step.node.tensors] : Object.values(step.tensors);

/** First and last step of every tensor the arena must hold. Inputs, constants and results stay to the end. */
function lifetimesOf(
  steps: readonly PlannedStep[],
  results: readonly Tensor[],
  elsewhere: ReadonlySet<Tensor>,
): Lifetime[] {
  const spans = new Map<Tensor, { first: number; last: number }>();
  const touch = (tensor: Tensor, at: number): void => {
    if (tensor instanceof Variable || elsewhere.has(tensor)) return;
    const stays = tensor instanceof InputTensor || tensor instanceof ConstantTensor;
    const span = spans.get(tensor) ?? { first: stays ? 0 : at, last: stays ? steps.length : at };
    span.last = Math.max(span.last, at);
    spans.set(tensor, span);
  };
  steps.forEach((step, at) => tensorsOf(step).forEach((tensor) => touch(tensor, at)));
  results.forEach((tensor) => touch(tensor, steps.length));
  return [...spans].map(([tensor, span]) => ({ tensor, ...span }));
}

/** Lifetimes between kernels, of those between steps: a flat step has a few kernels. */
function inKernels(lifetimes: readonly Lifetime[], ofSteps: readonly (readonly PlacedKernel[])[]): Lifetime[] {
  const firsts = [0];
  for (const kernels of ofSteps) firsts.push(firsts.at(-1)! + kernels.length);
  return lifetimes.map(({ tensor, first, last }) => ({
    tensor,
    first: firsts[first]!,
    last: last === ofSteps.length ? firsts[last]! : firsts[last + 1]! - 1,
  }));
}

/** What a step reads and writes. */
function operandsOf(step: PlannedStep): { readonly tensor: Tensor; readonly role: KernelTensor["role"] }[] {
  if (!isFlat(step)) {
    return Object.entries(step.tensors).map(([name, tensor]) => ({ tensor, role: step.plan.tensors[name]!.role }));
  }
  const { kernel, options, lists, scalars } = step.node;
  const specs = kernel.tensors({ ...options, count: 1 });
  const scalarLists = Object.fromEntries(Object.entries(scalars).map(([name, tensor]) => [name, [tensor]]));
  const operands: Readonly<Record<string, readonly Tensor[]>> = { ...lists, ...scalarLists };
  return Object.entries(operands).flatMap(([name, tensors]) =>
    tensors.map((tensor) => ({ tensor, role: specs[name]!.role })),
  );
}

/** Bytes of all tensors that some step reads, and of all that some step writes. */
function leastBytesOf(steps: readonly PlannedStep[]): number {
  const operands = steps.flatMap(operandsOf);
  const read = new Set(operands.filter(({ role }) => role !== "out").map(({ tensor }) => tensor));
  const written = new Set(operands.filter(({ role }) => role !== "in").map(({ tensor }) => tensor));
  return [...read, ...written].reduce((sum, tensor) => sum + sizeBytes(tensor), 0);
}

/** Lays what a flat kernel reads of computed gradients side by side, in the order in which its variables lie in memory. */
export function placeGradients(
  gpu: Pick<Gpu, "traits">,
  memory: Pick<OwnedMemory, "allocate">,
  graph: Graph,
): { slices: Map<Tensor, BufferSlice>; bytes: number } {
  const slices = new Map<Tensor, BufferSlice>();
  let total = 0;
  for (const node of graph.nodes) {
    if (!(node instanceof FlatNode)) continue;
    const [lead, ...others] = Object.values(node.lists);
    if (others.length === 0) continue;
    const layout = layOutBlocks(lead as readonly Variable[], gpu.traits.maxStorageBufferBindingSize);
    for (const list of others.filter((tensors) => !tensors.every((tensor) => tensor instanceof Variable))) {
      const blocks = layout.blockBytes.map((bytes) => memory.allocate(bytes, "gradients"));
      total += layout.blockBytes.reduce((sum, bytes) => sum + bytes, 0);
      list.forEach((gradient, index) => {
        if (slices.has(gradient)) throw new Error(`${gradient.name} is given to an optimiser twice`);
        const { block, offset } = layout.positions[index]!;
        slices.set(gradient, { buffer: blocks[block]!.buffer, offset, sizeBytes: allocationBytes(gradient) });
      });
    }
  }
  return { slices, bytes: total };
}

/**
 * Chooses rungs and memory for a differentiated graph, and allocates from `memory` what the program will ever need.
 * @param place where a variable lies
 */
export function plan(
  gpu: Pick<Gpu, "traits">,
  memory: Pick<OwnedMemory, "allocate">,
  graph: Graph,
  results: readonly Tensor[],
  options: RungOptions,
  place: (variable: Variable) => BufferSlice,
): ProgramPlan {
  const steps = lower(graph, gpu.traits, options);
  const gradients = placeGradients(gpu, memory, graph);
  const lifetimes = lifetimesOf(steps, results, new Set(gradients.slices.keys()));
  const arena = planArena(lifetimes, gpu.traits.maxStorageBufferBindingSize);
  const slotSlices = arena.slotBytes.map((bytes, index) => memory.allocate(bytes, `arena slot ${index}`));

  const slice = (tensor: Tensor): BufferSlice => {
    if (tensor instanceof Variable) return place(tensor);
    const gradient = gradients.slices.get(tensor);
    if (gradient) return gradient;
    const slot = arena.slotOf.get(tensor);
    if (slot === undefined)
      throw new Error(`${String(tensor)} has no memory: it was fused away or belongs to another program`);
    return { ...slotSlices[slot]!, sizeBytes: allocationBytes(tensor) };
  };

  const scratch = new Map<string, BufferSlice>();
  /** Scratch lives during one kernel only, so kernels share it by size; one kernel's scratch tensors must differ. */
  const scratchSlices = (kernel: KernelPlan): Record<string, BufferSlice> => {
    const named = Object.entries(kernel.scratch).map(([name, spec], index): [string, BufferSlice] => {
      const bytes = 2 ** Math.ceil(Math.log2(allocationBytes(spec)));
      const key = `${index}:${bytes}`;
      let shared = scratch.get(key);
      if (!shared) scratch.set(key, (shared = memory.allocate(bytes, `scratch ${key}`)));
      return [name, { ...shared, sizeBytes: allocationBytes(spec) }];
    });
    return Object.fromEntries(named);
  };

  const ofSteps = steps.map((step): PlacedKernel[] => {
    const { node } = step;
    if (isFlat(step)) return lowerFlat(step.node, gpu.traits, options, slice).map((run) => ({ ...run, node }));
    const placed = Object.entries(step.tensors).map(([name, tensor]): [string, BufferSlice] => [name, slice(tensor)]);
    return [
      {
        plan: step.plan,
        choice: step.choice,
        node,
        tensors: Object.fromEntries(Object.entries(step.tensors).map(([name, tensor]) => [name, [tensor]])),
        slices: { ...Object.fromEntries(placed), ...scratchSlices(step.plan) },
      },
    ];
  });
  return {
    kernels: ofSteps.flat(),
    arena,
    lifetimes: inKernels(lifetimes, ofSteps),
    gradients: new Set(gradients.slices.keys()),
    leastBytes: leastBytesOf(steps),
    gradientBytes: gradients.bytes,
    slice,
  };
}
