import type { Kernel } from "@fledge/runtime";
import { append, KernelNode, type NodeOptions } from "./graph.ts";
import type { Tensor } from "./tensor.ts";

/** What a gradient rule sees of the node it differentiates. */
export interface NodeView<Shape, In extends string, Out extends string> {
  readonly shape: Shape;
  readonly inputs: Readonly<Record<In, Tensor>>;
  readonly outputs: Readonly<Record<Out, Tensor>>;
}

/** Records the ops that compute an input's gradient; called only if that gradient is wanted. */
export type InputGradient = () => Tensor;

/**
 * From the gradients of the outputs to those of the inputs. Every input is named: one that has no gradient
 * (labels, statistics) says so with null. Output gradients are undefined where the loss does not depend on them.
 */
export type GradientRule<Shape, In extends string, Out extends string> = (
  node: NodeView<Shape, In, Out>,
  outputGradients: Readonly<Partial<Record<Out, Tensor>>>,
) => Readonly<Record<In, InputGradient | null>>;

/** A kernel with its names in types and its gradient rule; leaving the rule out is a type error. */
export interface Operator<Shape = never, In extends string = string, Out extends string = string> {
  readonly kernel: Kernel<Shape>;
  readonly gradient: GradientRule<Shape, In, Out> | "not differentiable";
}

/** Fixes the tensor names of an operator: `operator<Shape>()(kernel, ["x"], ["out"], rule)`. */
export function operator<Shape, In extends string, Out extends string>(
  kernel: Kernel<Shape>,
  _inputs: readonly In[],
  _outputs: readonly Out[],
  gradient: Operator<Shape, In, Out>["gradient"],
): Operator<Shape, In, Out> {
  return { kernel, gradient };
}

/** Records one application and returns its outputs by name. */
export function apply<Shape, In extends string, Out extends string>(
  op: Operator<Shape, In, Out>,
  shape: Shape,
  inputs: Readonly<Partial<Record<In, Tensor>>>,
  options: NodeOptions = {},
): Readonly<Record<Out, Tensor>> {
  const node = new KernelNode(op as unknown as Operator, shape, inputs as Record<string, Tensor>, options);
  return append(node).outputs as Record<Out, Tensor>;
}
