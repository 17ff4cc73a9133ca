import { input, output, type Kernel } from "@fledge/runtime";
import * as addLadder from "./add/ladder.ts";
import * as reluBackwardLadder from "./relu-backward/ladder.ts";
import * as reluLadder from "./relu/ladder.ts";
import { selectAdd, selectRelu, selectReluBackward } from "./select.ts";
import { checkElementwise, elementwiseFlops, type ElementwiseShape } from "./shape.ts";

export type { ElementwiseShape } from "./shape.ts";

/** torch.relu. Tensors: x f32[count] in; out f32[count] out. */
export const relu: Kernel<ElementwiseShape> = {
  name: "relu",
  check: checkElementwise,
  tensors: ({ count }) => ({ x: input([count]), out: output([count]) }),
  flops: elementwiseFlops,
  noop: reluLadder.noop,
  rungs: [reluLadder.naive, reluLadder.vec4, reluLadder.strided, reluLadder.run],
  select: selectRelu,
};

/** The gradient of `relu` from its output; 0 where out is 0. Tensors: out, dOut f32[count] in; dX f32[count] out. */
export const reluBackward: Kernel<ElementwiseShape> = {
  name: "relu-backward",
  check: checkElementwise,
  tensors: ({ count }) => ({ out: input([count]), dOut: input([count]), dX: output([count]) }),
  flops: elementwiseFlops,
  noop: reluBackwardLadder.noop,
  rungs: [reluBackwardLadder.naive, reluBackwardLadder.vec4, reluBackwardLadder.strided, reluBackwardLadder.run],
  select: selectReluBackward,
};

/** Adds element by element. Tensors: a, b f32[count] in; out f32[count] out. */
export const add: Kernel<ElementwiseShape> = {
  name: "add",
  check: checkElementwise,
  tensors: ({ count }) => ({ a: input([count]), b: input([count]), out: output([count]) }),
  flops: elementwiseFlops,
  noop: addLadder.noop,
  rungs: [addLadder.naive, addLadder.vec4, addLadder.strided, addLadder.run],
  select: selectAdd,
};
