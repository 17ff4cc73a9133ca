import { elementCount, type Kernel } from "@fledge/runtime";
import type { Operator } from "./operator.ts";
import { Tensor, type Variable } from "./tensor.ts";

export type Tensors = Readonly<Record<string, Tensor>>;

export interface NodeOptions {
  /** Variables that the kernel changes in place, by its names for them. */
  readonly updates?: Readonly<Record<string, Variable>>;
  /** Shapes of outputs where they are not the kernel's: elementwise kernels see flat runs. */
  readonly outputShapes?: Readonly<Record<string, readonly number[]>>;
}

/** One kernel applied to tensors, by the kernel's own tensor names. `updates` are changed in place. */
export class KernelNode {
  readonly operator: Operator;
  /** Fusion may widen the shape (a ReLU joins) and the tensors with it. */
  shape: unknown;
  inputs: Tensors;
  outputs: Tensors;
  readonly updates: Readonly<Record<string, Variable>>;

  constructor(
    operator: Operator,
    shape: unknown,
    inputs: Tensors,
    { updates = {}, outputShapes = {} }: NodeOptions = {},
  ) {
    const kernel = operator.kernel as Kernel<unknown>;
    kernel.check(shape);
    this.operator = operator;
    this.shape = shape;
    this.inputs = inputs;
    this.updates = updates;
    const outputs: Record<string, Tensor> = {};
    for (const [name, spec] of Object.entries(kernel.tensors(shape))) {
      if (spec.role === "out") {
        outputs[name] = new Tensor(
          { ...spec, shape: outputShapes[name] ?? spec.shape },
          `${kernel.name}.${name}`,
          this,
        );
        continue;
      }
      const given = spec.role === "in" ? inputs[name] : updates[name];
      if (!given) throw new Error(`${kernel.name}: no tensor for "${name}"`);
      if (given.dtype !== spec.dtype || elementCount(given) !== elementCount(spec)) {
        throw new Error(`${kernel.name}: "${name}" wants ${spec.dtype}[${spec.shape.join(",")}], not ${String(given)}`);
      }
    }
    this.outputs = outputs;
  }
}

/** "The gradient of `output` with respect to `variables`, here": replaced by gradient nodes at compilation. */
export class GradientNode {
  readonly output: Tensor;
  readonly variables: readonly Variable[];
  /** The gradient of the output itself; 1 where absent. */
  readonly upstream: Tensor | undefined;
  readonly placeholders: readonly Tensor[];

  constructor(output: Tensor, variables: readonly Variable[], upstream?: Tensor) {
    this.output = output;
    this.variables = variables;
    this.upstream = upstream;
    this.placeholders = variables.map((variable) => new Tensor(variable, `gradient of ${variable.name}`, this));
  }
}

/**
 * One kernel over many tensors at once, as an optimiser runs over all parameters: it becomes a few dispatches over flat
 * runs once memory is laid out.
 */
export class FlatNode {
  readonly kernel: Kernel<unknown>;
  /** The kernel's shape but for `count`, the elements of a run. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Tensors by the kernel's names, as many in each list. The first list is of variables; the others lie in memory like it. */
  lists: Readonly<Record<string, readonly Tensor[]>>;
  readonly scalars: Tensors;

  constructor(fields: Pick<FlatNode, "kernel" | "options" | "lists" | "scalars">) {
    this.kernel = fields.kernel;
    this.options = fields.options;
    this.lists = fields.lists;
    this.scalars = fields.scalars;
  }

  get tensors(): readonly Tensor[] {
    return [...Object.values(this.lists).flat(), ...Object.values(this.scalars)];
  }

  /** The variables that it changes: those its kernel has in and out. */
  get changed(): readonly Variable[] {
    const specs = this.kernel.tensors({ ...this.options, count: 1 });
    const lists = Object.entries(this.lists).filter(([name]) => specs[name]!.role === "inout");
    return lists.flatMap(([, tensors]) => tensors as readonly Variable[]);
  }
}

export type GraphNode = KernelNode | GradientNode | FlatNode;

/** The variables that a node changes in place: what is read before it and after it differs. */
export function changedBy(node: GraphNode): readonly Variable[] {
  if (node instanceof FlatNode) return node.changed;
  return node instanceof KernelNode ? Object.values(node.updates) : [];
}

/** What a trace recorded, in order of execution. */
export interface Graph {
  nodes: GraphNode[];
}

let current: Graph | undefined;

/** Runs `body` with operators recording into a new graph. */
export function trace<T>(body: () => T): { graph: Graph; result: T } {
  const outer = current;
  const graph: Graph = { nodes: [] };
  current = graph;
  try {
    return { graph, result: body() };
  } finally {
    current = outer;
  }
}

/** Appends to the graph being traced. @throws where nothing is being traced */
export function append<N extends GraphNode>(node: N): N {
  if (!current) throw new Error("operators can only be called inside compile(gpu, inputs, (inputs) => ...)");
  current.nodes.push(node);
  return node;
}
