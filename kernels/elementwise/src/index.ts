import { input, output, type Kernel } from "@fledge/runtime";
import * as addLadder from "./add/ladder.ts";
import * as reluBackwardLadder from "./relu-backward/ladder.ts";
import * as reluLadder from "./relu/ladder.ts";
import { selectAdd, selectRelu, selectReluBackward } from "./select.ts";
import { checkElementwise, elementwiseFlops, type ElementwiseShape } from "./shape.ts";

export type { ElementwiseShape } from "./shape.ts";

/** torch.relu. Tensors: x f32[count] in; out f32[count] out. */
export const relu: Kernel<ElementwiseShape> = {
  ...reluLadder.ladder,
  check: checkElementwise,
  tensors: ({ count }) => ({ x: input([count]), out: output([count]) }),
  flops: elementwiseFlops,
  select: selectRelu,
};

/** The gradient of `relu` from its output; 0 where out is 0. Tensors: out, dOut f32[count] in; dX f32[count] out. */
export const reluBackward: Kernel<ElementwiseShape> = {
  ...reluBackwardLadder.ladder,
  check: checkElementwise,
  tensors: ({ count }) => ({ out: input([count]), dOut: input([count]), dX: output([count]) }),
  flops: elementwiseFlops,
  select: selectReluBackward,
};

/** Adds element by element. Tensors: a, b f32[count] in; out f32[count] out. */
export const add: Kernel<ElementwiseShape> = {
  ...addLadder.ladder,
  check: checkElementwise,
  tensors: ({ count }) => ({ a: input([count]), b: input([count]), out: output([count]) }),
  flops: elementwiseFlops,
  select: selectAdd,
};
