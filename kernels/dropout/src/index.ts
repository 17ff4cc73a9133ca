import { input, output, type Kernel } from "@fledge/runtime";
import * as dropPathBackwardLadder from "./drop-path-backward/ladder.ts";
import * as dropPathForwardLadder from "./drop-path-forward/ladder.ts";
import * as drawnLadder from "./dropout-drawn/ladder.ts";
import * as dropoutLadder from "./dropout/ladder.ts";
import * as keepMaskLadder from "./keep-mask/ladder.ts";
import {
  selectDropout,
  selectDropoutDrawn,
  selectDropPathBackward,
  selectDropPathForward,
  selectKeepMask,
} from "./select.ts";
import {
  checkDropout,
  checkDropPath,
  checkKeepMask,
  dropPathCount,
  keepMaskCount,
  type DropoutShape,
  type DropPathShape,
  type KeepMaskShape,
} from "./shape.ts";

export type { DropoutShape, DropPathShape, KeepMaskShape } from "./shape.ts";

/**
 * Draws which elements are kept: 1 with probability 1 - rate, else 0, from the example's key, the layer and the
 * element's place alone. Tensors: keys u32[N] in; keep i32[N,C] out.
 */
export const keepMask: Kernel<KeepMaskShape> = {
  ...keepMaskLadder.ladder,
  check: checkKeepMask("keep-mask"),
  tensors: ({ N, C }) => ({ keys: input([N], "u32", [0, 2 ** 16]), keep: output([N, C], "i32") }),
  // One comparison a draw; the draws are integer arithmetic.
  flops: keepMaskCount,
  select: selectKeepMask,
};

/**
 * torch.nn.functional.dropout with a given mask, and its own gradient with dOut for x.
 * Tensors: x f32[count], keep i32[count] (0 or 1) in; out f32[count] out.
 */
export const dropout: Kernel<DropoutShape> = {
  ...dropoutLadder.ladder,
  check: checkDropout,
  tensors: ({ count }) => ({ x: input([count]), keep: input([count], "i32"), out: output([count]) }),
  flops: ({ count }) => count,
  select: selectDropout,
};

/** `dropout` by the mask that `keepMask` draws, which is never stored. Tensors: x f32[N,C], keys u32[N] in; out f32[N,C] out. */
export const dropoutDrawn: Kernel<KeepMaskShape> = {
  ...drawnLadder.ladder,
  check: checkKeepMask("dropout-drawn"),
  tensors: ({ N, C }) => ({ x: input([N, C]), keys: input([N], "u32", [0, 2 ** 16]), out: output([N, C]) }),
  flops: (shape) => 2 * keepMaskCount(shape),
  select: selectDropoutDrawn,
};

/**
 * Stochastic depth at the end of a residual block: identity + branch * keep[n] / survival, then ReLU where the shape
 * says so. Tensors: identity, branch [N,size], keep i32[N] (0 or 1) in; out [N,size] out.
 */
export const dropPathForward: Kernel<DropPathShape> = {
  ...dropPathForwardLadder.ladder,
  check: checkDropPath("drop-path-forward"),
  tensors: ({ N, size, storage }) => ({
    identity: input([N, size], storage),
    branch: input([N, size], storage),
    keep: input([N], "i32"),
    out: output([N, size], storage),
  }),
  flops: (shape) => (2 + Number(shape.relu)) * dropPathCount(shape),
  select: selectDropPathForward,
};

/**
 * Gradients of `dropPathForward`. Without ReLU that of the identity is dOut, which no kernel need copy.
 * Tensors: dOut [N,size], keep i32[N] in, where `relu` the forward's result out [N,size] too; dBranch [N,size] out,
 * where `relu` dIdentity [N,size] too.
 */
export const dropPathBackward: Kernel<DropPathShape> = {
  ...dropPathBackwardLadder.ladder,
  check: checkDropPath("drop-path-backward"),
  tensors: ({ N, size, relu, storage }) => ({
    ...(relu ? { out: input([N, size], storage) } : {}),
    dOut: input([N, size], storage),
    keep: input([N], "i32"),
    ...(relu ? { dIdentity: output([N, size], storage) } : {}),
    dBranch: output([N, size], storage),
  }),
  flops: (shape) => (1 + Number(shape.relu)) * dropPathCount(shape),
  select: selectDropPathBackward,
};
