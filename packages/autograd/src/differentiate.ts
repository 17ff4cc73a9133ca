import { changedBy, GradientNode, KernelNode, reading, type Graph, type GraphNode } from "./graph.ts";
import type { GradientRule } from "./operator.ts";
import { add } from "./ops/elementwise.ts";
import { ConstantTensor, type Tensor } from "./tensor.ts";
import { trace } from "./trace.ts";

const one = new ConstantTensor(new Float32Array([1]), [], "one");

/** The tensors that depend on `sources`, among the outputs of `nodes`, and these themselves. */
function dependents(nodes: readonly KernelNode[], sources: readonly Tensor[]): Set<Tensor> {
  const dependent = new Set<Tensor>(sources);
  for (const node of nodes) {
    const depends = Object.values(node.inputs).some((tensor) => dependent.has(tensor));
    if (depends && node.operator.gradient !== "not differentiable")
      Object.values(node.outputs).forEach((t) => dependent.add(t));
  }
  return dependent;
}

/** Finds a variable that a node read and that has changed since, so that the node's gradient can no longer be had. */
function staleInputs(nodes: readonly GraphNode[]): (node: KernelNode) => Tensor | undefined {
  const position = new Map(nodes.map((node, index) => [node, index]));
  const changedAt = new Map(
    nodes.flatMap((node, index) => changedBy(node).map((variable): [Tensor, number] => [variable, index])),
  );
  return (node) =>
    Object.values(node.inputs).find((tensor) => changedAt.has(tensor) && changedAt.get(tensor)! > position.get(node)!);
}

/** Reverse-mode differentiation of the nodes before `request`: the gradient nodes, and the gradients by tensor. */
function gradientsOf(
  request: GradientNode,
  nodesBefore: readonly GraphNode[],
  upstream: Tensor,
): { nodes: readonly GraphNode[]; gradients: Tensor[] } {
  const before = nodesBefore.filter((node) => node instanceof KernelNode);
  const staleInput = staleInputs(nodesBefore);
  const dependent = dependents(before, request.tensors);
  const gradients = new Map<Tensor, Tensor>([[request.output, upstream]]);
  const { graph } = trace(() => {
    for (const node of [...before].reverse()) {
      const known: Record<string, Tensor> = {};
      for (const [name, tensor] of Object.entries(node.outputs)) {
        const gradient = gradients.get(tensor);
        if (gradient) known[name] = gradient;
      }
      if (Object.keys(known).length === 0 || !Object.values(node.outputs).some((tensor) => dependent.has(tensor)))
        continue;
      const stale = staleInput(node);
      if (stale)
        throw new Error(
          `grad: "${stale.name}" changed after the loss was computed from it; call grad before the update`,
        );
      const rule = node.operator.gradient as GradientRule<unknown, string, string>;
      const byInput = rule(node, known);
      for (const [name, input] of Object.entries(node.inputs)) {
        const gradient = dependent.has(input) ? byInput[name]?.() : undefined;
        if (!gradient) continue;
        const sum = gradients.get(input);
        gradients.set(input, sum ? add(sum, gradient) : gradient);
      }
    }
  });
  return {
    nodes: graph.nodes.map((node) => (node instanceof KernelNode ? node.with({ isGradient: true }) : node)),
    gradients: request.tensors.map((tensor) => {
      const gradient = gradients.get(tensor);
      if (!gradient) throw new Error(`grad: "${tensor.name}" does not influence the loss`);
      return gradient;
    }),
  };
}

/** Replaces every request for gradients by the nodes that compute them, and says what stands for each placeholder. */
export function differentiate(graph: Graph): { graph: Graph; standsFor: ReadonlyMap<Tensor, Tensor> } {
  const standsFor = new Map<Tensor, Tensor>();
  const nodes: GraphNode[] = [];
  for (const node of graph.nodes) {
    if (node instanceof GradientNode) {
      const upstream = node.upstream ?? one;
      const derived = gradientsOf(node, nodes, standsFor.get(upstream) ?? upstream);
      nodes.push(...derived.nodes);
      node.placeholders.forEach((placeholder, index) => standsFor.set(placeholder, derived.gradients[index]!));
    } else nodes.push(reading(node, standsFor));
  }
  return { graph: { nodes }, standsFor };
}
