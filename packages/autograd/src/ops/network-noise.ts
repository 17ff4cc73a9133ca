import { describeSpec, elementCount } from "@fledge/runtime";
import { storageOf } from "../autocast.ts";
import type { Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import type { Mode } from "./batch-norm.ts";
import { add, relu } from "./elementwise.ts";
import { operators } from "./table.ts";

export interface KeepMaskOptions {
  /** The share that is dropped, 0 to 1. */
  readonly rate: number;
  /** Which layer draws, a whole number: layers draw independently of one another from the same keys. */
  readonly layer: number;
  /** Decisions of an example; absent: one. */
  readonly elements?: number;
}

/**
 * Draws what is kept: keys u32 [N], a key for each example -> i32 [N], or [N,elements], 1 with probability 1 - rate, else
 * 0. An example's decisions are a function of its key, the layer and the element's place: the rest of the batch, parts
 * of it and what ran before change nothing. It has no gradient.
 */
export function keepMask(keys: Tensor, { rate, layer, elements }: KeepMaskOptions): Tensor {
  const [N] = keys.shape;
  if (N === undefined || keys.shape.length > 1 || keys.dtype !== "u32")
    throw new Error(`keepMask: keys are ${String(keys)}; give u32 [N], a key for each example of the batch`);
  const shape = { N, C: elements ?? 1, rate, layer };
  const outputShapes = elements === undefined ? { keep: [N] } : {};
  return apply(operators.keepMask, shape, { keys }, { outputShapes }).keep;
}

/**
 * torch.nn.functional.dropout by a given mask (Srivastava et al. 2014): x / (1 - rate) where keep, i32 of x's shape, is 1,
 * else 0, whatever x is; zeros at rate 1. In eval mode x itself.
 */
export function dropout(x: Tensor, keep: Tensor, options: { readonly rate: number; readonly mode: Mode }): Tensor {
  const { rate, mode } = options;
  if (keep.shape.join() !== x.shape.join() || keep.dtype !== "i32")
    throw new Error(`dropout: the mask is ${describeSpec(keep)}; x is ${String(x)}, so give i32 of its shape`);
  if (mode === "eval") return x;
  return apply(operators.dropout, { count: elementCount(x), rate }, { x, keep }, { outputShapes: { out: x.shape } })
    .out;
}

export interface DropPathOptions {
  /** The share of branches that is kept, 0 to 1. */
  readonly survival: number;
  readonly mode: Mode;
  /** Ends with ReLU, as a residual block does. */
  readonly relu?: boolean;
}

/**
 * Stochastic depth (Huang et al. 2016, arXiv 1603.09382): identity + branch * keep[n] / survival, with a decision for each
 * example; identity and branch [N,...], keep i32 [N]. As torchvision.ops.stochastic_depth and timm's DropPath it scales
 * in train mode; in eval mode it is identity + branch.
 */
export function dropPath(identity: Tensor, branch: Tensor, keep: Tensor, options: DropPathOptions): Tensor {
  const { survival, mode, relu: ends = false } = options;
  const { shape } = branch;
  if (identity.shape.join() !== shape.join())
    throw new Error(`dropPath: ${String(identity)} and ${String(branch)} differ in shape`);
  const [N] = shape as [number];
  if (keep.shape.join() !== String(N) || keep.dtype !== "i32")
    throw new Error(`dropPath: the mask is ${describeSpec(keep)}; give i32[${N}], a decision for each example`);
  if (mode === "eval") return ends ? relu(add(branch, identity)) : add(branch, identity);
  const sizes = { N, size: elementCount(branch) / N, survival, relu: ends, ...storageOf(identity, branch) };
  return apply(operators.dropPath, sizes, { identity, branch, keep }, { outputShapes: { out: shape } }).out;
}
