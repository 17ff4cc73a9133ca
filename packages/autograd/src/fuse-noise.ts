import type { DropoutShape, KeepMaskShape } from "@fledge/dropout";
import { KernelNode, readBy, type Graph, type GraphNode } from "./graph.ts";
import type { ForcedRungs } from "./lower.ts";
import { operators } from "./ops/table.ts";
import { Variable, type Tensor } from "./tensor.ts";

const { keepMask, dropout, dropoutGradient, dropoutDrawn } = operators;

/** Whether the node drops by this mask, at the rate that it was drawn for. */
const dropsBy = (node: GraphNode, mask: KernelNode): node is KernelNode =>
  node instanceof KernelNode &&
  (node.operator === dropout || node.operator === dropoutGradient) &&
  (node.shape as DropoutShape).rate === (mask.shape as KeepMaskShape).rate;

/**
 * Draws a mask within the dropouts that read it, forward and backward, so that it takes no memory: the draws are a
 * function of the keys, and the same each time. Only where no one else reads the mask. A rung that is forced for one of
 * the two keeps them apart, or it would not run.
 */
export function fuseNoise(graph: Graph, results: readonly Tensor[], rungs: ForcedRungs): Graph {
  if ([keepMask, dropout].some(({ kernel }) => kernel.name in rungs)) return graph;
  const masks = new Map<Tensor, KernelNode>();
  for (const node of graph.nodes) {
    // Keys in a variable could have changed by the time that the mask is read.
    if (node instanceof KernelNode && node.operator === keepMask && !(node.inputs["keys"] instanceof Variable))
      masks.set(node.outputs["keep"]!, node);
  }
  for (const tensor of results) masks.delete(tensor);
  for (const node of graph.nodes) {
    for (const tensor of readBy(node)) {
      const mask = masks.get(tensor);
      if (mask && !dropsBy(node, mask)) masks.delete(tensor);
    }
  }
  const drawnIn = new Set<GraphNode>(masks.values());
  const fused = graph.nodes.map((node) => {
    const mask = node instanceof KernelNode && masks.get(node.inputs["keep"]!);
    if (!mask) return node;
    const { x } = node.inputs;
    return node.with({ operator: dropoutDrawn, shape: mask.shape, inputs: { x: x!, keys: mask.inputs["keys"]! } });
  });
  return { nodes: fused.filter((node) => !drawnIn.has(node)) };
}
