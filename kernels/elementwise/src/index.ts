import { input, output, type Kernel } from "@fledge/runtime";
import * as addLadder from "./add/ladder.ts";
import * as castLadder from "./cast/ladder.ts";
import * as concatenateLadder from "./concatenate/ladder.ts";
import * as reluBackwardLadder from "./relu-backward/ladder.ts";
import * as reluLadder from "./relu/ladder.ts";
import * as scaleLadder from "./scale/ladder.ts";
import {
  selectAdd,
  selectCast,
  selectConcatenate,
  selectRelu,
  selectReluBackward,
  selectScale,
  selectSplit,
} from "./select.ts";
import {
  checkElementwise,
  checkScale,
  checkTwoRuns,
  elementwiseFlops,
  type ElementwiseShape,
  type ScaleShape,
  type CastShape,
  type ConcatenateShape,
  type TwoRunsShape,
} from "./shape.ts";
import * as splitLadder from "./split/ladder.ts";

export type { CastShape, ElementwiseShape, ScaleShape, TwoRunsShape } from "./shape.ts";

/** torch.relu. Tensors: x[count] in; out[count] out, f32 or f16 by `storage`. */
export const relu: Kernel<ElementwiseShape> = {
  ...reluLadder.ladder,
  check: checkElementwise,
  tensors: ({ count, storage }) => ({ x: input([count], storage), out: output([count], storage) }),
  flops: elementwiseFlops,
  select: selectRelu,
};

/** The gradient of `relu` from its output; 0 where out is 0. Tensors: out, dOut[count] in; dX[count] out, f32 or f16 by `storage`. */
export const reluBackward: Kernel<ElementwiseShape> = {
  ...reluBackwardLadder.ladder,
  check: checkElementwise,
  tensors: ({ count, storage }) => ({
    out: input([count], storage),
    dOut: input([count], storage),
    dX: output([count], storage),
  }),
  flops: elementwiseFlops,
  select: selectReluBackward,
};

/** Adds element by element. Tensors: a, b[count] in; out[count] out, f32 or f16 by `storage`. */
export const add: Kernel<ElementwiseShape> = {
  ...addLadder.ladder,
  check: checkElementwise,
  tensors: ({ count, storage }) => ({
    a: input([count], storage),
    b: input([count], storage),
    out: output([count], storage),
  }),
  flops: elementwiseFlops,
  select: selectAdd,
};

/** Changes the type of each element. Tensors: x [count] in; out [count] out, one f32 and the other f16. */
export const cast: Kernel<CastShape> = {
  ...castLadder.ladder,
  check: checkElementwise,
  tensors: ({ count, to }) => ({
    x: input([count], to === "f16" ? "f32" : "f16"),
    out: output([count], to),
  }),
  flops: () => 0,
  select: selectCast,
};

/** Multiplies each element by a number. Tensors: x f32[count] in; out f32[count] out. */
export const scale: Kernel<ScaleShape> = {
  ...scaleLadder.ladder,
  check: checkScale,
  tensors: ({ count }) => ({ x: input([count]), out: output([count]) }),
  flops: elementwiseFlops,
  select: selectScale,
};

/** Puts b behind a: torch.cat. Tensors: a [countA], b [countB] in; out [countA + countB] out, all of one type. */
export const concatenate: Kernel<ConcatenateShape> = {
  ...concatenateLadder.ladder,
  check: checkTwoRuns,
  tensors: ({ countA, countB, dtype }) => ({
    a: input([countA], dtype),
    b: input([countB], dtype),
    out: output([countA + countB], dtype),
  }),
  flops: () => 0,
  select: selectConcatenate,
};

/** Takes apart what `concatenate` put together: torch.split. Tensors: x f32[countA + countB] in; a, b out. */
export const split: Kernel<TwoRunsShape> = {
  ...splitLadder.ladder,
  check: checkTwoRuns,
  tensors: ({ countA, countB }) => ({ x: input([countA + countB]), a: output([countA]), b: output([countB]) }),
  flops: () => 0,
  select: selectSplit,
};
