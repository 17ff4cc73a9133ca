import type { BatchnormApplyShape } from "@fledge/batchnorm";
import { changedBy, KernelNode, readBy, type Graph, type GraphNode } from "./graph.ts";
import { operators } from "./ops/table.ts";
import type { Tensor } from "./tensor.ts";

/** How often each tensor is read: by nodes, as a loss, and as a result of the program. */
function countUses(graph: Graph, results: readonly Tensor[]): Map<Tensor, number> {
  const uses = new Map<Tensor, number>();
  for (const tensor of [...graph.nodes.flatMap(readBy), ...results]) uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  return uses;
}

/** The kernel node that computes a tensor. */
const producersOf = (graph: Graph): Map<Tensor, KernelNode> =>
  new Map(
    graph.nodes
      .filter((node) => node instanceof KernelNode)
      .flatMap((node) => Object.values(node.outputs).map((tensor) => [tensor, node])),
  );

const isPlainNormalisation = (node: KernelNode | undefined): boolean => {
  if (node?.operator !== operators.batchNorm) return false;
  const shape = node.shape as BatchnormApplyShape;
  return !shape.relu && !shape.residual;
};

/** Whether `node` would read other values if it stood at `later`: one of its variables changes on the way. */
function readsDifferentlyAt(graph: Graph, node: KernelNode, later: KernelNode): boolean {
  const read = new Set(readBy(node));
  const between = graph.nodes.slice(graph.nodes.indexOf(node) + 1, graph.nodes.indexOf(later));
  return between.some((other) => changedBy(other).some((variable) => read.has(variable)));
}

/**
 * Draws `relu(batchNorm(x))` and `relu(batchNorm(x) + residual)` into the normalisation, forward and so backward too:
 * one pass over the activations instead of two or three. Only where no one else reads what disappears,
 * and no variable of the normalisation changes before the ReLU.
 */
export function fuse(graph: Graph, results: readonly Tensor[]): Graph {
  const producers = producersOf(graph);
  const uses = countUses(graph, results);
  /** The node whose output only one node reads. */
  const soleProducer = (tensor: Tensor): KernelNode | undefined =>
    uses.get(tensor) === 1 ? producers.get(tensor) : undefined;
  const drawnIn = new Set<GraphNode>();

  const fused = graph.nodes.map((relu) => {
    if (!(relu instanceof KernelNode) || relu.operator !== operators.relu) return relu;
    const before = relu.inputs["x"]!;
    const producer = soleProducer(before);
    const sum = producer?.operator === operators.add ? producer : undefined;
    const terms = sum ? [sum.inputs["b"]!, sum.inputs["a"]!] : [before];
    const normalised = terms.find((term) => isPlainNormalisation(soleProducer(term)));
    const node = normalised && soleProducer(normalised);
    if (!node || readsDifferentlyAt(graph, node, relu)) return relu;
    const residual = sum && terms.find((term) => term !== normalised)!;
    drawnIn.add(node);
    if (sum) drawnIn.add(sum);
    // The residual may be computed after the normalisation was: the fused node stands where the ReLU stood.
    return node.with({
      shape: { ...(node.shape as BatchnormApplyShape), relu: true, residual: residual !== undefined },
      inputs: residual ? { ...node.inputs, residual } : node.inputs,
      outputs: relu.outputs,
    });
  });
  return { nodes: fused.filter((node) => !drawnIn.has(node)) };
}
