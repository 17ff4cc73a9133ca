import { changedBy, KernelNode, type Graph, type GraphNode } from "./graph.ts";
import type { ForcedRungs } from "./lower.ts";
import { operators } from "./ops/table.ts";
import { ConstantTensor, InputTensor, Variable, type Tensor } from "./tensor.ts";

const { softmaxCrossEntropy, softmaxCrossEntropyGradient, softmaxCrossEntropyWithGradient } = operators;

/** Whether a loss's own gradient has its value before the loss is computed: it is given, or a variable that nothing moves before. */
function isKnownBefore(graph: Graph, dLoss: Tensor | undefined, gradient: GraphNode): boolean {
  if (dLoss instanceof ConstantTensor || dLoss instanceof InputTensor) return true;
  if (!(dLoss instanceof Variable)) return false;
  return !graph.nodes.slice(0, graph.nodes.indexOf(gradient)).some((node) => changedBy(node).includes(dLoss));
}

/** Whether `gradient` is that of the softmax cross entropy `node`. */
function isLossOf(gradient: KernelNode, node: GraphNode): node is KernelNode {
  const { dLoss: _, ...read } = gradient.inputs;
  return (
    node instanceof KernelNode &&
    node.operator === softmaxCrossEntropy &&
    node.shape === gradient.shape &&
    Object.entries(read).every(([name, tensor]) => node.inputs[name] === tensor)
  );
}

/**
 * Draws the gradient of a softmax cross entropy into the kernel that computes the loss, so that the logits' softmax is
 * worked out once. Only where the loss's own gradient is known before: 1, as `grad(loss)` has it, an input, or the scale
 * of the loss. A rung that is forced for one of the two keeps them apart, or it would not run.
 */
export function fuseLoss(graph: Graph, rungs: ForcedRungs): Graph {
  if ([softmaxCrossEntropy, softmaxCrossEntropyGradient].some(({ kernel }) => kernel.name in rungs)) return graph;
  const gradients = graph.nodes.filter((node): node is KernelNode => {
    if (!(node instanceof KernelNode) || node.operator !== softmaxCrossEntropyGradient) return false;
    return isKnownBefore(graph, node.inputs["dLoss"], node);
  });
  const drawnIn = new Set<GraphNode>();
  const fused = graph.nodes.map((loss) => {
    const gradient = gradients.find((node) => isLossOf(node, loss));
    if (!gradient || !(loss instanceof KernelNode)) return loss;
    drawnIn.add(gradient);
    return gradient.with({
      operator: softmaxCrossEntropyWithGradient,
      outputs: { ...loss.outputs, ...gradient.outputs },
    });
  });
  return { nodes: fused.filter((node) => !drawnIn.has(node)) };
}
