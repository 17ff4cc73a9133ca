import { type Graph, type GraphNode, KernelNode } from "./graph.ts";
import type { Operator } from "./operator.ts";
import { Tensor, type Variable } from "./tensor.ts";

let current: GraphNode[] | undefined;

/** Runs `body` with operators recording into a new graph. */
export function trace<T>(body: () => T): { graph: Graph; result: T } {
  const outer = current;
  const nodes: GraphNode[] = [];
  current = nodes;
  try {
    return { result: body(), graph: { nodes } };
  } finally {
    current = outer;
  }
}

/** Appends to the graph being traced. @throws where nothing is being traced */
export function append<N extends GraphNode>(node: N): N {
  if (!current) throw new Error("operators can only be called inside compile(gpu, inputs, (inputs) => ...)");
  current.push(node);
  return node;
}

interface ApplyOptions {
  /** Variables that the kernel changes in place, by its names for them. */
  readonly updates?: Readonly<Record<string, Variable>>;
  /** Shapes of outputs where they are not the kernel's: elementwise kernels see flat runs. */
  readonly outputShapes?: Readonly<Record<string, readonly number[]>>;
}

/** Records one application of an operator and returns its outputs by name. */
export function apply<Shape, In extends string, Out extends string>(
  operator: Operator<Shape, In, Out>,
  shape: Shape,
  inputs: Readonly<Partial<Record<In, Tensor>>>,
  { updates = {}, outputShapes = {} }: ApplyOptions = {},
): Readonly<Record<Out, Tensor>> {
  const { kernel } = operator;
  kernel.check(shape);
  const named = Object.entries(kernel.tensors(shape))
    .filter(([, { role }]) => role === "out")
    .map(([name, spec]) => {
      const tensor = new Tensor({ ...spec, shape: outputShapes[name] ?? spec.shape }, `${kernel.name}.${name}`);
      return [name, tensor] as const;
    });
  const outputs = Object.fromEntries(named) as Record<Out, Tensor>;
  append(new KernelNode({ operator, shape, inputs: inputs as Record<In, Tensor>, outputs, updates }));
  return outputs;
}
