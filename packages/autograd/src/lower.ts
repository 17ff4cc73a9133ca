import { planKernel, type BufferSlice, type DeviceTraits, type Kernel, type KernelPlan } from "@fledge/runtime";
import { sgdAdvance, sgdUpdate } from "@fledge/sgd";
import { KernelNode, UpdateNode, type Graph } from "./graph.ts";
import type { Tensor } from "./tensor.ts";

/** Which rung to use for a kernel, by kernel name, instead of the kernel's own choice. */
export type ForcedRungs = Readonly<Record<string, string>>;

/** One planned kernel and the tensors behind its names. */
export interface KernelStep {
  readonly plan: KernelPlan;
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

/** Chooses a rung for every node. */
export function lower(graph: Graph, device: DeviceTraits, rungs: ForcedRungs): Step[] {
  return graph.nodes.map((node): Step => {
    if (node instanceof UpdateNode) return { node };
    if (!(node instanceof KernelNode)) throw new Error("a request for gradients was left in the graph");
    const kernel = node.operator.kernel as Kernel<unknown>;
    const plan = planKernel(kernel, node.shape, { device, rung: rungs[kernel.name] });
    return { plan, tensors: { ...node.inputs, ...node.outputs, ...node.updates } };
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

/** The few flat dispatches of one optimiser step, each with its memory by tensor name. */
export function lowerUpdate(
  node: UpdateNode,
  device: DeviceTraits,
  rungs: ForcedRungs,
  slice: (tensor: Tensor) => BufferSlice,
): { readonly plan: KernelPlan; readonly slices: Record<string, BufferSlice> }[] {
  const learningRate = slice(node.learningRate);
  const stepCount = slice(node.stepCount);
  const triples = node.parameters.map((parameter, index) => ({
    parameter: slice(parameter),
    gradient: slice(node.gradients[index]!),
    momentumBuffer: slice(node.momentumBuffers[index]!),
  }));
  const updates = joinRanges(triples).map((range) => ({
    plan: planKernel(
      sgdUpdate,
      { count: range.parameter.sizeBytes / 4, ...node.rule },
      { device, rung: rungs[sgdUpdate.name] },
    ),
    slices: { ...range, learningRate, stepCount },
  }));
  const advance = { plan: planKernel(sgdAdvance, {}, { device, rung: rungs[sgdAdvance.name] }), slices: { stepCount } };
  return [...updates, advance];
}
