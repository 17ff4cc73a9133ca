import { KernelNode, type Graph } from "./graph.ts";
import type { ForcedRungs } from "./lower.ts";
import { lossGradientOperator, lossOperator, lossWithGradientOperator } from "./ops/cross-entropy.ts";
import { ConstantTensor, InputTensor } from "./tensor.ts";

/** The softmax cross entropy that `gradient` is of, if it is in the graph. */
function lossOf(graph: Graph, gradient: KernelNode): KernelNode | undefined {
  const { dLoss: _, ...read } = gradient.inputs;
  return graph.nodes.find(
    (node): node is KernelNode =>
      node instanceof KernelNode &&
      node.operator === (lossOperator as unknown) &&
      node.shape === gradient.shape &&
      Object.entries(read).every(([name, tensor]) => node.inputs[name] === tensor),
  );
}

/**
 * Draws the gradient of a softmax cross entropy into the kernel that computes the loss, so that the logits' softmax is
 * worked out once. Only where the loss's own gradient is known before the program runs: 1, as `grad(loss)` has it, or
 * an input. A rung that is forced for one of the two keeps them apart, or it would not run.
 */
export function fuseLoss(graph: Graph, rungs: ForcedRungs): void {
  if ([lossOperator, lossGradientOperator].some(({ kernel }) => kernel.name in rungs)) return;
  for (const gradient of graph.nodes) {
    if (!(gradient instanceof KernelNode) || gradient.operator !== (lossGradientOperator as unknown)) continue;
    const dLoss = gradient.inputs["dLoss"];
    if (!(dLoss instanceof ConstantTensor || dLoss instanceof InputTensor)) continue;
    const loss = lossOf(graph, gradient);
    if (!loss) continue;
    const both = new KernelNode(lossWithGradientOperator as never, loss.shape, gradient.inputs);
    both.outputs = { ...loss.outputs, ...gradient.outputs };
    for (const output of Object.values(both.outputs)) output.producer = both;
    graph.nodes = graph.nodes.filter((node) => node !== gradient).map((node) => (node === loss ? both : node));
  }
}
