import type { Kernel } from "@fledge/runtime";
import type { Tensor } from "./tensor.ts";

/** What a gradient rule sees of the application it differentiates. */
export interface Application<Shape, In extends string, Out extends string> {
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
  application: Application<Shape, In, Out>,
  outputGradients: Readonly<Partial<Record<Out, Tensor>>>,
) => Readonly<Record<In, InputGradient | null>>;

/** A kernel, its names for what it reads and writes at one shape or another, and its gradient rule. */
export interface Operator<Shape, In extends string, Out extends string> {
  readonly kernel: Kernel<Shape>;
  readonly inputs: readonly In[];
  readonly outputs: readonly Out[];
  readonly gradient: GradientRule<Shape, In, Out> | "not differentiable";
}

/** Any operator; what it is applied to is checked when it is, and its rule then takes that. */
export interface AnyOperator {
  readonly kernel: Kernel<never>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly gradient:
    | ((application: never, outputGradients: never) => Readonly<Record<string, InputGradient | null>>)
    | "not differentiable";
}

/**
 * An operator: `operator(relu, ["x"], ["out"], rule)`. Shape and names are inferred; leaving out the rule, or one input
 * in it, is a type error. That the names are the kernel's is checked at each application. What the kernel changes in
 * place is not listed: those are variables, given to `apply` as its updates.
 */
export const operator = <Shape, In extends string, Out extends string>(
  kernel: Kernel<Shape>,
  inputs: readonly In[],
  outputs: readonly Out[],
  gradient: Operator<Shape, In, Out>["gradient"],
): Operator<Shape, In, Out> => ({ kernel, inputs, outputs, gradient });
