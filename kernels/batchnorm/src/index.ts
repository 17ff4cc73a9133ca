import { inout, input, output, type Kernel } from "@fledge/runtime";
import * as apply from "./apply/ladder.ts";
import * as backward from "./backward/ladder.ts";
import { selectApply, selectBackward, selectStatistics } from "./select.ts";
import {
  checkApply,
  checkBackward,
  checkStatistics,
  elements,
  type BatchnormApplyShape,
  type BatchnormBackwardShape,
  type BatchnormStatisticsShape,
} from "./shape.ts";
import * as statistics from "./statistics/ladder.ts";

// Statistics, parameters and their gradients are f32, whatever the activations' `storage`.

export type { BatchnormApplyShape, BatchnormBackwardShape, BatchnormStatisticsShape } from "./shape.ts";

/**
 * Mean and biased variance of each channel over N, H and W, and the running statistics moved towards them by
 * `momentum`, the variance as the unbiased one: `torch.nn.BatchNorm2d` in train mode.
 * Tensors: x [N,H,W,C] in; mean, variance [C] out; runningMean, runningVariance [C] inout.
 */
export const batchnormStatistics: Kernel<BatchnormStatisticsShape> = {
  ...statistics.ladder,
  check: checkStatistics,
  tensors: ({ N, H, W, C, storage }) => ({
    x: input([N, H, W, C], storage),
    mean: output([C]),
    variance: output([C]),
    runningMean: inout([C]),
    runningVariance: inout([C]),
  }),
  // A sum for the mean; a difference and a multiply-add for the variance.
  flops: (shape) => 4 * elements(shape),
  select: selectStatistics,
};

/**
 * (x - mean) / sqrt(variance + epsilon) * weight + bias, then + residual, then ReLU where the shape says so.
 * Train mode binds the batch's mean and variance, eval mode the running ones.
 * Tensors: x [N,H,W,C], mean, variance, weight, bias [C] in; residual [N,H,W,C] in where `residual`; out [N,H,W,C].
 */
export const batchnormApply: Kernel<BatchnormApplyShape> = {
  ...apply.ladder,
  check: checkApply,
  tensors: ({ N, H, W, C, residual, storage }) => ({
    x: input([N, H, W, C], storage),
    mean: input([C]),
    variance: input([C], "f32", [0.5, 2]),
    weight: input([C]),
    bias: input([C]),
    ...(residual ? { residual: input([N, H, W, C], storage) } : {}),
    out: output([N, H, W, C], storage),
  }),
  flops: (shape) => (3 + Number(shape.residual) + Number(shape.relu)) * elements(shape),
  select: selectApply,
};

/**
 * Gradients of `batchnormApply`, through mean and variance too unless `frozen`. ReLU's derivative at 0 is 0.
 * Tensors: x, dOut [N,H,W,C], mean, variance, weight [C] in; where `relu`, gate in, which holds the mask: with
 * `residual` the forward's result [N,H,W,C], else the bias [C], from which and x the result is computed again, a mask
 * at no traffic; dX [N,H,W,C], dWeight, dBias [C] out; dResidual [N,H,W,C] out where `residual`.
 */
export const batchnormBackward: Kernel<BatchnormBackwardShape> = {
  ...backward.ladder,
  check: checkBackward,
  tensors: ({ N, H, W, C, relu, residual, storage }) => ({
    x: input([N, H, W, C], storage),
    mean: input([C]),
    variance: input([C], "f32", [0.5, 2]),
    weight: input([C]),
    ...(relu ? { gate: residual ? input([N, H, W, C], storage) : input([C]) } : {}),
    dOut: input([N, H, W, C], storage),
    dX: output([N, H, W, C], storage),
    dWeight: output([C]),
    dBias: output([C]),
    ...(residual ? { dResidual: output([N, H, W, C], storage) } : {}),
  }),
  // The sums: an addition, a difference, a multiply-add. dX: a scaling, and unless frozen the terms of the statistics.
  flops: (shape) => (shape.frozen ? 5 : 9) * elements(shape),
  select: selectBackward,
};
