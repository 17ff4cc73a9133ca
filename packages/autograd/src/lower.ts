import {
  chosenRung,
  planKernel,
  type BufferSlice,
  type Choices,
  type DeviceTraits,
  type Kernel,
  type KernelPlan,
  type KernelUse,
} from "@fledge/runtime";
import { sgdAdvance, sgdUpdate } from "@fledge/sgd";
import { KernelNode, UpdateNode, type Graph } from "./graph.ts";
import type { Tensor } from "./tensor.ts";

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
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** A planned update over one flat range of parameters, gradients and momentum buffers. */
export interface UpdateStep {
  readonly node: UpdateNode;
}

export type Step = KernelStep | UpdateStep;

export const isUpdate = (step: Step): step is UpdateStep => "node" in step;

/** Drops the nodes that neither a result nor a change of a variable needs. */
export function prune(graph: Graph, results: readonly Tensor[]): void {
  const needed = new Set<Tensor>(results);
  const kept = [...graph.nodes].reverse().filter((node) => {
    if (node instanceof UpdateNode) {
      [...node.gradients, node.learningRate].forEach((tensor) => needed.add(tensor));
      return true;
    }
    if (!(node instanceof KernelNode)) return false;
    const wanted =
      Object.keys(node.updates).length > 0 || Object.values(node.outputs).some((tensor) => needed.has(tensor));
    if (wanted) Object.values(node.inputs).forEach((tensor) => needed.add(tensor));
    return wanted;
  });
  graph.nodes = kept.reverse();
}

function choose(use: KernelUse, device: DeviceTraits, { rungs, choices }: RungOptions): ChosenKernel {
  const { kernel, shape } = use;
  const forced = rungs[kernel.name];
  const tuned = chosenRung(choices, use);
  const choice = forced !== undefined ? "forced" : tuned !== undefined ? "tuned" : "default";
  return { plan: planKernel(kernel, shape, { device, rung: forced ?? tuned }), choice };
}

export const useOf = (node: KernelNode): KernelUse => ({
  kernel: node.operator.kernel as Kernel<unknown>,
  shape: node.shape,
});

/** Chooses a rung for every node. */
export function lower(graph: Graph, device: DeviceTraits, options: RungOptions): Step[] {
  return graph.nodes.map((node): Step => {
    if (node instanceof UpdateNode) return { node };
    if (!(node instanceof KernelNode)) throw new Error("a request for gradients was left in the graph");
    return { ...choose(useOf(node), device, options), tensors: { ...node.inputs, ...node.outputs, ...node.updates } };
  });
}

/** A parameter's place, its gradient's and its momentum buffer's. */
interface Triple {
  readonly parameter: BufferSlice;
  readonly gradient: BufferSlice;
  readonly momentumBuffer: BufferSlice;
}

const follows = (a: BufferSlice, b: BufferSlice, distance: number): boolean =>
  a.buffer === b.buffer && b.offset - a.offset === distance;

/** Joins neighbours that lie equally far apart in all three memories into one range each. */
function joinRanges(triples: readonly Triple[]): Triple[] {
  const ranges: { first: Triple; last: Triple }[] = [];
  for (const triple of triples) {
    const range = ranges.at(-1);
    const distance = range ? triple.parameter.offset - range.last.parameter.offset : 0;
    const joins =
      range !== undefined &&
      (["parameter", "gradient", "momentumBuffer"] as const).every((key) =>
        follows(range.last[key], triple[key], distance),
      );
    if (joins && distance > 0) range.last = triple;
    else ranges.push({ first: triple, last: triple });
  }
  return ranges.map(({ first, last }) => {
    const sizeBytes = last.parameter.offset + last.parameter.sizeBytes - first.parameter.offset;
    return {
      parameter: { ...first.parameter, sizeBytes },
      gradient: { ...first.gradient, sizeBytes },
      momentumBuffer: { ...first.momentumBuffer, sizeBytes },
    };
  });
}

/** The few flat kernels of one optimiser step, each with its memory by tensor name. */
export function updateUses(
  node: UpdateNode,
  slice: (tensor: Tensor) => BufferSlice,
): { readonly use: KernelUse; readonly slices: Record<string, BufferSlice> }[] {
  const learningRate = slice(node.learningRate);
  const stepCount = slice(node.stepCount);
  const triples = node.parameters.map((parameter, index) => ({
    parameter: slice(parameter),
    gradient: slice(node.gradients[index]!),
    momentumBuffer: slice(node.momentumBuffers[index]!),
  }));
  const updates = joinRanges(triples).map((range) => ({
    use: { kernel: sgdUpdate as Kernel<unknown>, shape: { count: range.parameter.sizeBytes / 4, ...node.rule } },
    slices: { ...range, learningRate, stepCount },
  }));
  return [...updates, { use: { kernel: sgdAdvance as Kernel<unknown>, shape: {} }, slices: { stepCount } }];
}

/** One optimiser step, planned. */
export function lowerUpdate(
  node: UpdateNode,
  device: DeviceTraits,
  options: RungOptions,
  slice: (tensor: Tensor) => BufferSlice,
): (ChosenKernel & { readonly slices: Record<string, BufferSlice> })[] {
  return updateUses(node, slice).map(({ use, slices }) => ({ ...choose(use, device, options), slices }));
}
