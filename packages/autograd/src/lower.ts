import {
  chosenRung,
  planKernel,
  type BufferSlice,
  type Choices,
  type DeviceTraits,
  type KernelPlan,
  type KernelUse,
  type RungChoice,
} from "@fledge/runtime";
import { FlatNode, KernelNode, type Graph } from "./graph.ts";
import type { Tensor } from "./tensor.ts";
import { aligned } from "./variables.ts";

/** Which rung to use for a kernel, by kernel name, instead of the kernel's own choice. */
export type ForcedRungs = Readonly<Record<string, string>>;

/** What names a kernel's rung: first what is forced, then what was tuned for its shape, else the kernel itself. */
export interface RungOptions {
  readonly rungs: ForcedRungs;
  readonly choices: Choices;
}

/** A kernel planned for one shape, and what named its rung. */
export interface ChosenKernel {
  readonly plan: KernelPlan;
  readonly choice: "forced" | "tuned" | "default";
}

/** One planned kernel and the tensors behind its names. */
export interface KernelStep extends ChosenKernel {
  readonly node: KernelNode;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** A flat kernel; it can be planned once its tensors have their memory. */
export interface FlatStep {
  readonly node: FlatNode;
}

export type PlannedStep = KernelStep | FlatStep;

export const isFlat = (step: PlannedStep): step is FlatStep => step.node instanceof FlatNode;

function choose(use: KernelUse, device: DeviceTraits, { rungs, choices }: RungOptions): ChosenKernel {
  const { kernel, shape } = use;
  const forced = rungs[kernel.name];
  const tuned = chosenRung(choices, use);
  const choice = forced !== undefined ? "forced" : tuned !== undefined ? "tuned" : "default";
  const { rung, tile }: Partial<RungChoice> = forced !== undefined ? { rung: forced } : (tuned ?? {});
  return { plan: planKernel(kernel, shape, { device, rung, tile }), choice };
}

export const useOf = (node: KernelNode): KernelUse => ({ kernel: node.kernel, shape: node.shape });

/** Chooses a rung for every node. */
export function lower(graph: Graph, device: DeviceTraits, options: RungOptions): PlannedStep[] {
  return graph.nodes.map((node): PlannedStep => {
    if (node instanceof FlatNode) return { node };
    if (!(node instanceof KernelNode)) throw new Error("a request for gradients was left in the graph");
    return {
      ...choose(useOf(node), device, options),
      node,
      tensors: { ...node.inputs, ...node.outputs, ...node.updates },
    };
  });
}

/** Where a parameter, its gradient and the like lie, by the kernel's names. */
type Places = Readonly<Record<string, BufferSlice>>;

/** Neighbours as one range in each memory. */
interface Range {
  readonly places: Places;
  /** The first of them, and how many they are. */
  readonly from: number;
  readonly count: number;
}

const follows = (a: BufferSlice, b: BufferSlice, distance: number): boolean =>
  a.buffer === b.buffer && b.offset - a.offset === distance;

/** Joins neighbours that lie beside one another in all memories into one range each. */
function joinRanges(places: readonly Places[], lead: string): Range[] {
  const ranges: { first: Places; last: Places; from: number; count: number }[] = [];
  for (const [index, place] of places.entries()) {
    const range = ranges.at(-1);
    const distance = range ? place[lead]!.offset - range.last[lead]!.offset : 0;
    // Tensors that others lie between are equally far apart too, and those between may be another group's.
    const joins =
      range !== undefined &&
      distance === aligned(range.last[lead]!.sizeBytes) &&
      Object.keys(place).every((name) => follows(range.last[name]!, place[name]!, distance));
    if (joins) {
      range.last = place;
      range.count += 1;
    } else ranges.push({ first: place, last: place, from: index, count: 1 });
  }
  return ranges.map(({ first, last, from, count }) => {
    const sizeBytes = last[lead]!.offset + last[lead]!.sizeBytes - first[lead]!.offset;
    const joined = Object.fromEntries(Object.entries(first).map(([name, slice]) => [name, { ...slice, sizeBytes }]));
    return { places: joined, from, count };
  });
}

/** A run of a flat kernel over neighbours, with its memory and all its tensors by the kernel's names. */
interface FlatUse {
  readonly use: KernelUse;
  readonly slices: Record<string, BufferSlice>;
  readonly tensors: Readonly<Record<string, readonly Tensor[]>>;
}

/** The few runs of a flat kernel. */
export function flatUses(
  { kernel, options, lists, scalars }: FlatNode,
  slice: (tensor: Tensor) => BufferSlice,
): FlatUse[] {
  const names = Object.keys(lists);
  const lead = names[0]!;
  const places = lists[lead]!.map((_, index) =>
    Object.fromEntries(names.map((name) => [name, slice(lists[name]![index]!)])),
  );
  const fixed = Object.fromEntries(Object.entries(scalars).map(([name, tensor]) => [name, slice(tensor)]));
  const once = Object.fromEntries(Object.entries(scalars).map(([name, tensor]) => [name, [tensor]]));
  return joinRanges(places, lead).map(({ places: range, from, count }) => ({
    use: { kernel, shape: { ...options, count: range[lead]!.sizeBytes / 4 } },
    slices: { ...range, ...fixed },
    tensors: {
      ...Object.fromEntries(names.map((name) => [name, lists[name]!.slice(from, from + count)])),
      ...once,
    },
  }));
}

/** The runs of a flat kernel, planned. */
export function lowerFlat(
  node: FlatNode,
  device: DeviceTraits,
  options: RungOptions,
  slice: (tensor: Tensor) => BufferSlice,
): (ChosenKernel & Omit<FlatUse, "use">)[] {
  return flatUses(node, slice).map(({ use, ...run }) => ({ ...choose(use, device, options), ...run }));
}
