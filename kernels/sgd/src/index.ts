import { inout, input, output, type Kernel } from "@fledge/runtime";
import * as accumulate from "./accumulate/ladder.ts";
import * as adaptScale from "./adapt-scale/ladder.ts";
import * as advance from "./advance/ladder.ts";
import * as average from "./average/ladder.ts";
import * as checkFinite from "./check-finite/ladder.ts";
import * as holdAverage from "./hold-average/ladder.ts";
import * as scaleRate from "./scale-rate/ladder.ts";
import {
  selectAccumulate,
  selectAdaptScale,
  selectAdvance,
  selectAverage,
  selectCheckFinite,
  selectHoldAverage,
  selectScaleRate,
  selectUpdate,
  selectUpdateScaled,
} from "./select.ts";
import {
  checkAdaptScale,
  checkCount,
  checkScaleRate,
  checkSgd,
  sgdFlops,
  type SgdAccumulateShape,
  type SgdAdaptScaleShape,
  type SgdAdvanceShape,
  type SgdAverageShape,
  type SgdCheckFiniteShape,
  type SgdHoldAverageShape,
  type SgdScaleRateShape,
  type SgdShape,
} from "./shape.ts";
import * as update from "./update/ladder.ts";
import * as updateScaled from "./update-scaled/ladder.ts";

export type { SgdAdaptScaleShape, SgdShape } from "./shape.ts";

/**
 * One step of `torch.optim.SGD` on a flat run of parameters, in place.
 * Tensors: parameter f32[count] and momentumBuffer f32[count] inout; gradient f32[count], learningRate f32[] and
 * stepCount u32[] in. stepCount is the number of steps taken before; at 0 the buffer starts as the gradient,
 * undampened, whatever it held. With momentum 0 the buffer is bound but neither read nor written.
 */
export const sgdUpdate: Kernel<SgdShape> = {
  ...update.ladder,
  check: checkSgd,
  tensors: ({ count }) => ({
    parameter: inout([count]),
    gradient: input([count]),
    momentumBuffer: inout([count]),
    learningRate: input([]),
    stepCount: input([], "u32", [1, 9]),
  }),
  flops: sgdFlops,
  select: selectUpdate,
};

/**
 * Adds the gradient of one part of a batch to those of the parts before, in place: sum += share * gradient.
 * Tensors: sum f32[count] inout; gradient f32[count], share f32[] and part u32[] in. share is the part's share of the
 * batch, so that the sum is the gradient of the batch's mean loss; part 0 overwrites whatever sum held.
 */
export const sgdAccumulate: Kernel<SgdAccumulateShape> = {
  ...accumulate.ladder,
  check: checkCount,
  tensors: ({ count }) => ({
    sum: inout([count]),
    gradient: input([count]),
    share: input([]),
    part: input([], "u32", [1, 9]),
  }),
  flops: ({ count }) => 2 * count,
  select: selectAccumulate,
};

/** Adds one to stepCount u32[] in place; runs after all of a step's `sgdUpdate`, so a replay needs no host write. */
export const sgdAdvance: Kernel<SgdAdvanceShape> = {
  ...advance.ladder,
  check: () => {},
  tensors: () => ({ stepCount: inout([], "u32") }),
  flops: () => 1,
  select: selectAdvance,
};

/**
 * Moves a running average towards a value, in place: average += weight * (value - average), as `torch.lerp` computes it.
 * Tensors: average f32[count] inout; value f32[count] and weight f32[] in. At weight 1 the average becomes the value,
 * whatever finite number it held. An exponential moving average of decay d has weight 1 - d, which says a decay near 1
 * more exactly than a float32 of the decay would.
 */
export const sgdAverage: Kernel<SgdAverageShape> = {
  ...average.ladder,
  check: checkCount,
  tensors: ({ count }) => ({ average: inout([count]), value: input([count]), weight: input([]) }),
  flops: ({ count }) => 3 * count,
  select: selectAverage,
};

/** The learning rate of a group of parameters: scaledRate f32[] out, multiplier times learningRate f32[] in. */
export const sgdScaleRate: Kernel<SgdScaleRateShape> = {
  ...scaleRate.ladder,
  check: checkScaleRate,
  tensors: () => ({ learningRate: input([]), scaledRate: output([]) }),
  flops: () => 1,
  select: selectScaleRate,
};

/**
 * `sgdUpdate` for gradients of a loss that was multiplied by a scale, so that small ones survive in f16: they are divided
 * by it on their way, and where one of them overflowed nothing moves. Tensors: those of `sgdUpdate`; lossScale f32[] and
 * overflowed u32[] in, see `sgdCheckFinite`.
 */
export const sgdUpdateScaled: Kernel<SgdShape> = {
  ...updateScaled.ladder,
  check: checkSgd,
  tensors: (shape) => ({
    ...sgdUpdate.tensors(shape),
    lossScale: input([], "f32", [1, 2]),
    overflowed: input([], "u32", [0, 1]),
  }),
  flops: (shape) => sgdFlops(shape) + shape.count,
  select: selectUpdateScaled,
};

/** Sets overflowed u32[], in place, to 1 where gradient f32[count] holds NaN or an infinite value; else leaves it. */
export const sgdCheckFinite: Kernel<SgdCheckFiniteShape> = {
  ...checkFinite.ladder,
  check: checkCount,
  tensors: ({ count }) => ({ gradient: input([count]), overflowed: inout([], "u32", [0, 1]) }),
  flops: () => 0,
  select: selectCheckFinite,
};

/**
 * Ends a step of scaled gradients, after all updates: `torch.amp.GradScaler.update` on lossScale f32[] and growthTracker
 * u32[], in place. It counts in stepCount u32[] a step that was taken, says in skipped u32[] whether it was not, and sets
 * overflowed u32[] to 0 for the next.
 */
export const sgdAdaptScale: Kernel<SgdAdaptScaleShape> = {
  ...adaptScale.ladder,
  check: checkAdaptScale,
  tensors: () => ({
    lossScale: inout([], "f32", [1, 2]),
    growthTracker: inout([], "u32", [0, 9]),
    overflowed: inout([], "u32", [0, 2]),
    skipped: inout([], "u32", [0, 2]),
    stepCount: inout([], "u32", [0, 9]),
  }),
  flops: () => 3,
  select: selectAdaptScale,
};

/** The weight that `sgdAverage` takes after a step of scaled gradients: held f32[] out, 0 where overflowed u32[] in is not, else weight f32[] in. */
export const sgdHoldAverage: Kernel<SgdHoldAverageShape> = {
  ...holdAverage.ladder,
  check: () => {},
  tensors: () => ({ weight: input([]), overflowed: input([], "u32", [0, 2]), held: output([]) }),
  flops: () => 0,
  select: selectHoldAverage,
};
