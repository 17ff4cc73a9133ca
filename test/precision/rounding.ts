// A step's graph in f32 with some of its tensors rounded to f16: what each kind of them costs by itself.
import { Tensor } from "@fledge/autograd";
import { KernelNode, reading, type GraphNode } from "@fledge/autograd/src/graph.ts";
import { castOperator } from "@fledge/autograd/src/trace.ts";
import { elementCount } from "@fledge/runtime";

/** Kinds of tensors that lie in memory as f16 below f32, in the words and the order of docs/precision.md. */
export const kinds = [
  "results of convolutions",
  "results of BatchNorm with ReLU",
  "residual sums",
  "images",
  "gradients",
] as const;
export type Kind = (typeof kinds)[number];

interface NormShape {
  readonly relu?: boolean;
  readonly residual?: boolean;
}

export const kernelNodes = (nodes: readonly GraphNode[]): readonly KernelNode[] =>
  nodes.filter((node) => node instanceof KernelNode);

/** What an output of a node is, null where f16 does not store it. */
function kindOf(node: KernelNode, output: string): Kind | null {
  const { name } = node.kernel;
  const activations = /^(conv2d|batchnorm|max-pool2d|global-average-pool|add)/.test(name);
  if (node.isGradient) return activations && /^(dX|dResidual|out)$/.test(output) ? "gradients" : null;
  if (name === "conv2d-forward") return "results of convolutions";
  if (name === "max-pool2d-forward" && output === "out") return "results of BatchNorm with ReLU";
  if (name !== "batchnorm-apply") return null;
  return (node.shape as NormShape).residual ? "residual sums" : "results of BatchNorm with ReLU";
}

const like = (tensor: Tensor, dtype: "f16" | "f32"): Tensor => new Tensor({ shape: tensor.shape, dtype }, tensor.name);

/** A tensor's way into f16 and back. */
function roundTrip(from: Tensor, to: Tensor, isGradient: boolean): KernelNode[] {
  const half = like(from, "f16");
  const cast = (x: Tensor, out: Tensor): KernelNode =>
    new KernelNode({
      operator: castOperator,
      shape: { count: elementCount(x), to: out.dtype },
      inputs: { x },
      outputs: { out },
      updates: {},
      isGradient,
    });
  return [cast(from, half), cast(half, to)];
}

/** The nodes with the tensors of some kinds rounded as they are stored. */
export function storedAsHalves(nodes: readonly GraphNode[], images: Tensor, some: ReadonlySet<Kind>): GraphNode[] {
  const rounded = nodes.flatMap((node): GraphNode[] => {
    if (!(node instanceof KernelNode)) return [node];
    const casts: KernelNode[] = [];
    const outputs = Object.entries(node.outputs).map(([name, tensor]): [string, Tensor] => {
      const kind = kindOf(node, name);
      if (kind === null || !some.has(kind)) return [name, tensor];
      const exact = like(tensor, "f32");
      casts.push(...roundTrip(exact, tensor, node.isGradient));
      return [name, exact];
    });
    return [node.with({ outputs: Object.fromEntries(outputs) }), ...casts];
  });
  if (!some.has("images")) return rounded;
  const halves = like(images, "f32");
  const standsFor = new Map([[images, halves]]);
  return [
    ...roundTrip(images, halves, false),
    ...rounded.map((node) => (node instanceof KernelNode ? reading(node, standsFor) : node)),
  ];
}

/** The nodes with the operands of products rounded, but of those whose channels are ragged. */
export const operandsAsHalves = (nodes: readonly GraphNode[]): GraphNode[] =>
  nodes.map((node) =>
    node instanceof KernelNode && /^(conv2d|linear)-/.test(node.kernel.name)
      ? node.with({ shape: { ...(node.shape as object), precision: "f16" } })
      : node,
  );

/**
 * The nodes with gradients that take ReLU's masks and max pooling's places from a forward pass of `exact`, a copy of
 * which goes before them: what is left is no change of sign.
 */
export function withMasksOf(exact: readonly GraphNode[], nodes: readonly GraphNode[]): GraphNode[] {
  const copies = new Map<Tensor, Tensor>();
  const forward = kernelNodes(exact)
    .filter(({ isGradient }) => !isGradient)
    .map((node) => {
      const outputs = Object.entries(node.outputs).map(([name, tensor]): [string, Tensor] => {
        const copy = new Tensor(tensor, tensor.name);
        copies.set(tensor, copy);
        return [name, copy];
      });
      return (reading(node, copies) as KernelNode).with({ outputs: Object.fromEntries(outputs) });
    });
  /** What a normalisation gave, by what it read and its bias, which is the mask where it adds no residual. */
  const normalised = (x: Tensor, bias: Tensor): Tensor => {
    const node = kernelNodes(exact).find(
      ({ kernel, inputs }) => kernel.name === "batchnorm-apply" && inputs["x"] === x && inputs["bias"] === bias,
    );
    return copies.get(node!.outputs["out"]!)!;
  };
  const masked = nodes.map((node) => {
    if (!(node instanceof KernelNode) || !node.isGradient) return node;
    const { argmax, gate, x } = node.inputs;
    if (argmax) return node.with({ inputs: { ...node.inputs, argmax: copies.get(argmax)! } });
    if (!gate) return node;
    const shape = node.shape as NormShape;
    if (shape.residual) return node.with({ inputs: { ...node.inputs, gate: copies.get(gate)! } });
    return node.with({
      shape: { ...shape, residual: true },
      inputs: { ...node.inputs, gate: normalised(x!, gate) },
      outputs: { ...node.outputs, dResidual: new Tensor(x!, "the masked gradient") },
    });
  });
  return [...forward, ...masked];
}
