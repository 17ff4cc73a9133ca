import { input, output, type Kernel } from "@fledge/runtime";
import * as averageBackward from "./average-backward/ladder.ts";
import * as averageForward from "./average-forward/ladder.ts";
import * as maxBackward from "./max-backward/ladder.ts";
import * as maxForward from "./max-forward/ladder.ts";
import { selectAverageBackward, selectAverageForward, selectMaxBackward, selectMaxForward } from "./select.ts";
import {
  averageInputs,
  checkGlobalAveragePool,
  checkMaxPool2d,
  maxPool2dOutputs,
  maxPool2dOutputSize,
  type GlobalAveragePoolShape,
  type MaxPool2dShape,
} from "./shape.ts";

export { maxPool2dOutputSize, type GlobalAveragePoolShape, type MaxPool2dShape } from "./shape.ts";

const inputSizes = ({ N, IH, IW, C }: MaxPool2dShape): number[] => [N, IH, IW, C];

function outputSizes(shape: MaxPool2dShape): number[] {
  const { OH, OW } = maxPool2dOutputSize(shape);
  return [shape.N, OH, OW, shape.C];
}

/**
 * torch.nn.functional.max_pool2d. Tensors: x [N,IH,IW,C] in; out [N,OH,OW,C] and argmax u32[N,OH,OW,C] out.
 * argmax is the winner's place in its window, row-major: the first of equal values; a NaN wins, the last one of several.
 */
export const maxPool2dForward: Kernel<MaxPool2dShape> = {
  ...maxForward.ladder,
  check: checkMaxPool2d,
  tensors: (shape) => ({
    x: input(inputSizes(shape), shape.storage),
    out: output(outputSizes(shape), shape.storage),
    argmax: output(outputSizes(shape), "u32"),
  }),
  // A window of k values takes k - 1 comparisons.
  flops: (shape) => maxPool2dOutputs(shape) * (shape.kernel ** 2 - 1),
  select: selectMaxForward,
};

/** The gradient of `maxPool2dForward`. Tensors: argmax u32[N,OH,OW,C] and dOut [N,OH,OW,C] in; dX [N,IH,IW,C] out. */
export const maxPool2dBackward: Kernel<MaxPool2dShape> = {
  ...maxBackward.ladder,
  check: checkMaxPool2d,
  tensors: (shape) => ({
    argmax: input(outputSizes(shape), "u32", [0, shape.kernel ** 2]),
    dOut: input(outputSizes(shape), shape.storage),
    dX: output(inputSizes(shape), shape.storage),
  }),
  flops: maxPool2dOutputs,
  select: selectMaxBackward,
};

/** torch.nn.AdaptiveAvgPool2d(1), flattened. Tensors: x [N,H,W,C] in; out [N,C] out. */
export const globalAveragePoolForward: Kernel<GlobalAveragePoolShape> = {
  ...averageForward.ladder,
  check: checkGlobalAveragePool,
  tensors: ({ N, H, W, C, storage }) => ({ x: input([N, H, W, C], storage), out: output([N, C]) }),
  flops: averageInputs,
  select: selectAverageForward,
};

/** The gradient of `globalAveragePoolForward`. Tensors: dOut [N,C] in; dX [N,H,W,C] out. */
export const globalAveragePoolBackward: Kernel<GlobalAveragePoolShape> = {
  ...averageBackward.ladder,
  check: checkGlobalAveragePool,
  tensors: ({ N, H, W, C, storage }) => ({ dOut: input([N, C]), dX: output([N, H, W, C], storage) }),
  flops: averageInputs,
  select: selectAverageBackward,
};
