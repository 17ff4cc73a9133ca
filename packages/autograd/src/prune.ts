import { changedBy, KernelNode, readBy, type Graph } from "./graph.ts";
import type { Tensor } from "./tensor.ts";

/** Leaves out the nodes that neither a result nor a change of a variable needs. */
export function prune(graph: Graph, results: readonly Tensor[]): Graph {
  const needed = new Set<Tensor>(results);
  const kept = [...graph.nodes].reverse().filter((node) => {
    const outputs = node instanceof KernelNode ? Object.values(node.outputs) : [];
    const wanted = changedBy(node).length > 0 || outputs.some((tensor) => needed.has(tensor));
    if (wanted) readBy(node).forEach((tensor) => needed.add(tensor));
    return wanted;
  });
  return { nodes: kept.reverse() };
}
