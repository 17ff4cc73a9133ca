import { elementCount } from "@fledge/runtime";
import type { Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { operators } from "./table.ts";

/** max(x, 0); the derivative at 0 is 0, as in PyTorch. */
export const relu = (x: Tensor): Tensor =>
  apply(operators.relu, { count: elementCount(x) }, { x }, { outputShapes: { out: x.shape } }).out;

/** a + b, elementwise; equal shapes. */
export function add(a: Tensor, b: Tensor): Tensor {
  if (a.shape.join() !== b.shape.join()) throw new Error(`add: ${String(a)} and ${String(b)} differ in shape`);
  return apply(operators.add, { count: elementCount(a) }, { a, b }, { outputShapes: { out: a.shape } }).out;
}
