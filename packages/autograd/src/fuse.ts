import { batchnormApply } from "@fledge/batchnorm";
import type { BatchnormApplyShape } from "@fledge/batchnorm";
import { changedBy, FlatNode, GradientNode, KernelNode, type Graph } from "./graph.ts";
import { addOperator, reluOperator } from "./ops/elementwise.ts";
import type { Tensor } from "./tensor.ts";

/** How often each tensor is read: by nodes, as a loss, and as a result of the program. */
function countUses(graph: Graph, results: readonly Tensor[]): Map<Tensor, number> {
  const uses = new Map<Tensor, number>();
  const use = (tensor: Tensor): void => void uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  for (const node of graph.nodes) {
    if (node instanceof KernelNode) Object.values(node.inputs).forEach(use);
    else if (node instanceof GradientNode) [node.output, ...(node.upstream ? [node.upstream] : [])].forEach(use);
    else if (node instanceof FlatNode) node.tensors.forEach(use);
  }
  results.forEach(use);
  return uses;
}

const nodeOf = (tensor: Tensor, operator: unknown): KernelNode | undefined =>
  tensor.producer instanceof KernelNode && tensor.producer.operator === operator ? tensor.producer : undefined;

const isPlainNormalisation = (node: KernelNode): boolean => {
  if ((node.operator.kernel as unknown) !== batchnormApply) return false;
  const shape = node.shape as BatchnormApplyShape;
  return !shape.relu && !shape.residual;
};

/** Whether `node` would read other values if it stood at `later`: one of its variables changes on the way. */
function readsDifferentlyAt(graph: Graph, node: KernelNode, later: KernelNode): boolean {
  const read = new Set(Object.values(node.inputs));
  const between = graph.nodes.slice(graph.nodes.indexOf(node) + 1, graph.nodes.indexOf(later));
  return between.some((other) => changedBy(other).some((variable) => read.has(variable)));
}

/**
 * Draws `relu(batchNorm(x))` and `relu(batchNorm(x) + residual)` into the normalisation, forward and so backward too:
 * one pass over the activations instead of two or three. Only where no one else reads what disappears,
 * and no variable of the normalisation changes before the ReLU.
 */
export function fuse(graph: Graph, results: readonly Tensor[]): void {
  const uses = countUses(graph, results);
  const once = (tensor: Tensor): boolean => uses.get(tensor) === 1;
  for (const relu of graph.nodes) {
    if (!(relu instanceof KernelNode) || relu.operator !== (reluOperator as unknown)) continue;
    const before = relu.inputs["x"]!;
    if (!once(before)) continue;
    const sum = nodeOf(before, addOperator);
    const terms = sum ? [sum.inputs["b"]!, sum.inputs["a"]!] : [before];
    const normalised = terms.find(
      (term) => once(term) && term.producer instanceof KernelNode && isPlainNormalisation(term.producer),
    );
    if (!normalised) continue;
    const node = normalised.producer as KernelNode;
    if (readsDifferentlyAt(graph, node, relu)) continue;
    const residual = sum && terms.find((term) => term !== normalised);
    node.shape = { ...(node.shape as BatchnormApplyShape), relu: true, residual: residual !== undefined };
    if (residual) node.inputs = { ...node.inputs, residual };
    node.outputs = relu.outputs;
    node.outputs["out"]!.producer = node;
    // The residual may be computed after the normalisation was: the fused node stands where the ReLU stood.
    graph.nodes = graph.nodes
      .filter((other) => other !== node && other !== sum)
      .map((other) => (other === relu ? node : other));
  }
}
