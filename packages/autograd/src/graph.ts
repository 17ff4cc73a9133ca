import { elementCount, type Kernel } from "@fledge/runtime";
import type { AnyOperator } from "./operator.ts";
import { Tensor, type Variable } from "./tensor.ts";

export type Tensors = Readonly<Record<string, Tensor>>;

type KernelFields = Pick<KernelNode, "operator" | "shape" | "inputs" | "outputs" | "updates"> &
  Partial<Pick<KernelNode, "isGradient">>;

/** One kernel applied to tensors, by the kernel's own tensor names. `updates` are changed in place. */
export class KernelNode {
  readonly operator: AnyOperator;
  readonly shape: unknown;
  readonly inputs: Tensors;
  readonly outputs: Tensors;
  readonly updates: Readonly<Record<string, Variable>>;
  /** Whether differentiation made it. */
  readonly isGradient: boolean;

  /** @throws where the tensors are not those that the kernel has at this shape, by name, element type and size */
  constructor(fields: KernelFields) {
    this.operator = fields.operator;
    this.shape = fields.shape;
    this.inputs = fields.inputs;
    this.outputs = fields.outputs;
    this.updates = fields.updates;
    this.isGradient = fields.isGradient ?? false;
    this.#check();
  }

  /** The same node but for some fields. */
  with(changes: Partial<KernelFields>): KernelNode {
    const { operator, shape, inputs, outputs, updates, isGradient } = this;
    return new KernelNode({ operator, shape, inputs, outputs, updates, isGradient, ...changes });
  }

  get kernel(): Kernel<unknown> {
    return this.operator.kernel as Kernel<unknown>;
  }

  #check(): void {
    const { kernel, operator } = this;
    const specs = kernel.tensors(this.shape);
    const listed = { in: operator.inputs, out: operator.outputs };
    const given = { in: this.inputs, out: this.outputs, inout: this.updates };
    for (const [name, { role, dtype, shape }] of Object.entries(specs)) {
      if (role !== "inout" && !listed[role].includes(name))
        throw new Error(`${kernel.name}: its operator does not list "${name}", which the kernel has; add it there`);
      const tensor = given[role][name];
      if (!tensor) throw new Error(`${kernel.name}: no tensor for "${name}"`);
      if (tensor.dtype !== dtype || elementCount(tensor) !== elementCount({ dtype, shape }))
        throw new Error(`${kernel.name}: "${name}" wants ${dtype}[${shape.join(",")}], not ${String(tensor)}`);
    }
    for (const [role, tensors] of Object.entries(given)) {
      const stray = Object.keys(tensors).find((name) => specs[name]?.role !== role);
      if (stray === undefined) continue;
      const names = Object.keys(specs).filter((name) => specs[name]!.role === role);
      throw new Error(`${kernel.name}: "${stray}" was given; at this shape the kernel takes ${names.join(", ")}`);
    }
  }
}

/** "The gradient of `output` with respect to `tensors`, here": replaced by gradient nodes at compilation. */
export class GradientNode {
  readonly output: Tensor;
  readonly tensors: readonly Tensor[];
  /** The gradient of the output itself; 1 where absent. */
  readonly upstream: Tensor | undefined;
  readonly placeholders: readonly Tensor[];

  constructor(output: Tensor, tensors: readonly Tensor[], upstream?: Tensor) {
    this.output = output;
    this.tensors = tensors;
    this.upstream = upstream;
    this.placeholders = tensors.map((tensor) => new Tensor(tensor, `gradient of ${tensor.name}`));
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
  /**
   * Tensors by the kernel's names, as many in each list. The first list is of variables, and the others lie in memory
   * like it; a single list may be of gradients that another flat node lays out.
   */
  readonly lists: Readonly<Record<string, readonly Tensor[]>>;
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
    const changed = Object.entries({ ...this.lists, ...this.scalars }).filter(
      ([name]) => specs[name]!.role === "inout",
    );
    return changed.flatMap(([, tensors]) => tensors as readonly Variable[] | Variable);
  }
}

export type GraphNode = KernelNode | GradientNode | FlatNode;

/** Nodes in order of execution. A pass makes a new graph of one; nodes and tensors never change. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
}

/** What a node reads; a kernel's updates, which it reads too, are not among them. */
export function readBy(node: GraphNode): readonly Tensor[] {
  if (node instanceof FlatNode) return node.tensors;
  if (node instanceof KernelNode) return Object.values(node.inputs);
  // What is differentiated by must not be fused away.
  return [node.output, ...node.tensors, ...(node.upstream ? [node.upstream] : [])];
}

/** The variables that a node changes in place: what is read before it and after it differs. */
export function changedBy(node: GraphNode): readonly Variable[] {
  if (node instanceof FlatNode) return node.changed;
  return node instanceof KernelNode ? Object.values(node.updates) : [];
}

/** The node, reading for each tensor what stands for it. */
export function reading(node: KernelNode | FlatNode, standsFor: ReadonlyMap<Tensor, Tensor>): KernelNode | FlatNode {
  if (!readBy(node).some((tensor) => standsFor.has(tensor))) return node;
  const resolve = (tensor: Tensor): Tensor => standsFor.get(tensor) ?? tensor;
  const byName = <A, B>(tensors: Readonly<Record<string, A>>, f: (value: A) => B): Record<string, B> =>
    Object.fromEntries(Object.entries(tensors).map(([name, value]) => [name, f(value)]));
  if (node instanceof KernelNode) return node.with({ inputs: byName(node.inputs, resolve) });
  return new FlatNode({
    kernel: node.kernel,
    options: node.options,
    lists: byName(node.lists, (list) => list.map(resolve)),
    scalars: byName(node.scalars, resolve),
  });
}
