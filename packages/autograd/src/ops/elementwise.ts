import { elementCount } from "@fledge/runtime";
import { storageOf } from "../autocast.ts";
import type { Tensor } from "../tensor.ts";
import { apply, cast } from "../trace.ts";
import { operators } from "./table.ts";

/** max(x, 0); the derivative at 0 is 0, as in PyTorch. */
export const relu = (x: Tensor): Tensor =>
  apply(operators.relu, { count: elementCount(x), ...storageOf(x) }, { x }, { outputShapes: { out: x.shape } }).out;

/** a + b, elementwise; equal shapes. */
export function add(a: Tensor, b: Tensor): Tensor {
  if (a.shape.join() !== b.shape.join()) throw new Error(`add: ${String(a)} and ${String(b)} differ in shape`);
  const shape = { count: elementCount(a), ...storageOf(a, b) };
  return apply(operators.add, shape, { a, b }, { outputShapes: { out: a.shape } }).out;
}

/** factor * x, elementwise. */
export const scale = (x: Tensor, factor: number): Tensor =>
  apply(operators.scale, { count: elementCount(x), factor }, { x }, { outputShapes: { out: x.shape } }).out;

const rowOf = (tensor: Tensor): string => tensor.shape.slice(1).join();

/** torch.cat along the first dimension: a [A,...], b [B,...] -> [A+B,...]. */
export function concatenate(a: Tensor, b: Tensor): Tensor {
  if (a.shape.length === 0 || b.shape.length === 0 || rowOf(a) !== rowOf(b))
    throw new Error(`concatenate: the rows of ${String(a)} and ${String(b)} differ in shape`);
  if (a.dtype === "f16" || b.dtype === "f16") return concatenate(cast(a, "f32"), cast(b, "f32"));
  if (a.dtype !== b.dtype || a.dtype === "u8")
    throw new Error(`concatenate: ${String(a)} and ${String(b)} have not one type of 4 bytes`);
  const shape = { countA: elementCount(a), countB: elementCount(b), ...(a.dtype === "f32" ? {} : { dtype: a.dtype }) };
  const outputShapes = { out: [a.shape[0]! + b.shape[0]!, ...a.shape.slice(1)] };
  return apply(operators.concatenate, shape, { a, b }, { outputShapes }).out;
}

/** torch.split along the first dimension: the first `rows` rows of x, and the others. */
export function split(x: Tensor, rows: number): readonly [first: Tensor, others: Tensor] {
  const [N = 0, ...row] = x.shape;
  if (!(Number.isInteger(rows) && rows >= 1 && rows < N))
    throw new RangeError(
      `split: ${rows} rows cannot be split off ${String(x)}; give a whole number from 1 to ${N - 1}`,
    );
  const width = row.reduce((product, dimension) => product * dimension, 1);
  const shape = { countA: rows * width, countB: (N - rows) * width };
  const outputShapes = { a: [rows, ...row], b: [N - rows, ...row] };
  const { a, b } = apply(operators.split, shape, { x }, { outputShapes });
  return [a, b];
}
