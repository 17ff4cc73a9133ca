import { input, output, type Kernel } from "@fledge/runtime";
import * as forward from "./forward/ladder.ts";
import * as gradInput from "./grad-input/ladder.ts";
import * as gradWeight from "./grad-weight/ladder.ts";
import { selectForward, selectGradInput, selectGradWeight } from "./select.ts";
import { checkConv2dShape, conv2dFlops, outputSize, type Conv2dShape } from "./shape.ts";

export { outputSize, type Conv2dShape } from "./shape.ts";

const xShape = ({ N, IH, IW, IC }: Conv2dShape): number[] => [N, IH, IW, IC];
const weightShape = ({ KH, KW, IC, OC }: Conv2dShape): number[] => [KH, KW, IC, OC];

function outShape(shape: Conv2dShape): number[] {
  const { OH, OW } = outputSize(shape);
  return [shape.N, OH, OW, shape.OC];
}

/**
 * torch.nn.functional.conv2d without bias. Tensors: x [N,IH,IW,IC], weight [KH,KW,IC,OC] in; out [N,OH,OW,OC] out.
 * Here and in both gradients `storage` is of x and out and of their gradients: weights and theirs are f32.
 */
export const conv2dForward: Kernel<Conv2dShape> = {
  ...forward.ladder,
  check: checkConv2dShape,
  tensors: (shape) => ({
    x: input(xShape(shape), shape.storage),
    weight: input(weightShape(shape)),
    out: output(outShape(shape), shape.storage),
  }),
  flops: conv2dFlops,
  select: selectForward,
};

/** The gradient with respect to x. Tensors: dOut [N,OH,OW,OC], weight [KH,KW,IC,OC] in; dX [N,IH,IW,IC] out. */
export const conv2dGradInput: Kernel<Conv2dShape> = {
  ...gradInput.ladder,
  check: checkConv2dShape,
  tensors: (shape) => ({
    dOut: input(outShape(shape), shape.storage),
    weight: input(weightShape(shape)),
    dX: output(xShape(shape), shape.storage),
  }),
  flops: conv2dFlops,
  select: selectGradInput,
};

/** The gradient with respect to weight. Tensors: x [N,IH,IW,IC], dOut [N,OH,OW,OC] in; dWeight [KH,KW,IC,OC] out. */
export const conv2dGradWeight: Kernel<Conv2dShape> = {
  ...gradWeight.ladder,
  check: checkConv2dShape,
  tensors: (shape) => ({
    x: input(xShape(shape), shape.storage),
    dOut: input(outShape(shape), shape.storage),
    dWeight: output(weightShape(shape)),
  }),
  flops: conv2dFlops,
  select: selectGradWeight,
};
