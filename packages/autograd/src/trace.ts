import { cast as castKernel } from "@fledge/elementwise";
import { elementCount, type DataType, type Kernel } from "@fledge/runtime";
import { type Graph, type GraphNode, KernelNode } from "./graph.ts";
import { operator, type Operator } from "./operator.ts";
import { Tensor, Variable } from "./tensor.ts";

let current: GraphNode[] | undefined;
/** What a tensor was cast to in the graph being traced, so that two that read it share the copy. */
let casts = new Map<Tensor, Tensor>();

/** Runs `body` with operators recording into a new graph. */
export function trace<T>(body: () => T): { graph: Graph; result: T } {
  const [outer, outerCasts] = [current, casts];
  const nodes: GraphNode[] = [];
  current = nodes;
  casts = new Map();
  try {
    return { result: body(), graph: { nodes } };
  } finally {
    current = outer;
    casts = outerCasts;
  }
}

/** Appends to the graph being traced. @throws where nothing is being traced */
export function append<N extends GraphNode>(node: N): N {
  if (!current) throw new Error("operators can only be called inside compile(gpu, inputs, (inputs) => ...)");
  current.push(node);
  return node;
}

type Float = "f16" | "f32";
const isFloat = (dtype: DataType): dtype is Float => dtype === "f16" || dtype === "f32";

/** Changes the type in which values lie in memory; its gradient changes it back. Nothing where they lie so already. */
export function cast(x: Tensor, to: Float): Tensor {
  if (x.dtype === to) return x;
  const known = casts.get(x);
  if (known) return known;
  const out = apply(castOperator, { count: elementCount(x), to }, { x }, { outputShapes: { out: x.shape } }).out;
  if (!(x instanceof Variable)) casts.set(x, out); // a variable may change between two reads
  return out;
}

export const castOperator = operator(castKernel, ["x"], ["out"], ({ inputs: { x } }, { out: dOut }) => ({
  x: () => cast(dOut!, x.dtype as Float),
}));

interface ApplyOptions {
  /** Variables that the kernel changes in place, by its names for them. */
  readonly updates?: Readonly<Record<string, Variable>>;
  /** Shapes of outputs where they are not the kernel's: elementwise kernels see flat runs. */
  readonly outputShapes?: Readonly<Record<string, readonly number[]>>;
}

/** The tensors as a kernel has them: one that lies in memory as f32 and is read as f16, or the other way round, is cast. */
function asRead<In extends string>(
  specs: Kernel<unknown>["tensors"],
  shape: unknown,
  inputs: Readonly<Partial<Record<In, Tensor>>>,
): Record<In, Tensor> {
  const tensors = specs(shape);
  const read = Object.entries<Tensor | undefined>(inputs).map(([name, tensor]) => {
    const wanted = tensors[name]?.dtype;
    return [name, tensor && wanted && isFloat(wanted) && isFloat(tensor.dtype) ? cast(tensor, wanted) : tensor];
  });
  return Object.fromEntries(read) as Record<In, Tensor>;
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
  const read = asRead(kernel.tensors as Kernel<unknown>["tensors"], shape, inputs);
  append(new KernelNode({ operator, shape, inputs: read, outputs, updates }));
  return outputs;
}
