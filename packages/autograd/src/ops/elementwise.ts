import {
  add as addKernel,
  relu as reluKernel,
  reluBackward as reluBackwardKernel,
  type ElementwiseShape,
} from "@fledge/elementwise";
import { elementCount } from "@fledge/runtime";
import { apply, operator } from "../operator.ts";
import type { Tensor } from "../tensor.ts";

const reluBackward = operator<ElementwiseShape, "out" | "dOut", "dX">(
  reluBackwardKernel,
  ["out", "dOut"],
  ["dX"],
  "not differentiable",
);

export const reluOperator = operator<ElementwiseShape, "x", "out">(
  reluKernel,
  ["x"],
  ["out"],
  ({ shape, outputs: { out } }, { out: dOut }) => ({
    x: () => apply(reluBackward, shape, { out, dOut: dOut! }, { outputShapes: { dX: out.shape } }).dX,
  }),
);

export const addOperator = operator<ElementwiseShape, "a" | "b", "out">(
  addKernel,
  ["a", "b"],
  ["out"],
  (_node, { out: dOut }) => ({
    a: () => dOut!,
    b: () => dOut!,
  }),
);

/** max(x, 0); the derivative at 0 is 0, as in PyTorch. */
export const relu = (x: Tensor): Tensor =>
  apply(reluOperator, { count: elementCount(x) }, { x }, { outputShapes: { out: x.shape } }).out;

/** a + b, elementwise; equal shapes. */
export function add(a: Tensor, b: Tensor): Tensor {
  if (a.shape.join() !== b.shape.join()) throw new Error(`add: ${String(a)} and ${String(b)} differ in shape`);
  return apply(addOperator, { count: elementCount(a) }, { a, b }, { outputShapes: { out: a.shape } }).out;
}
