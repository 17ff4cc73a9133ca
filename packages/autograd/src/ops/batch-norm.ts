import {
  batchnormApply,
  batchnormBackward,
  batchnormStatistics,
  type BatchnormApplyShape,
  type BatchnormBackwardShape,
  type BatchnormStatisticsShape,
} from "@fledge/batchnorm";
import { KernelNode } from "../graph.ts";
import { apply, operator } from "../operator.ts";
import type { Tensor, Variable } from "../tensor.ts";
import { once } from "./once.ts";

const statistics = operator<BatchnormStatisticsShape, "x", "mean" | "variance">(
  batchnormStatistics,
  ["x"],
  ["mean", "variance"],
  // The derivative through the batch's moments is part of batchnorm-backward, which normalisation's rule calls.
  () => ({ x: null }),
);

type BackwardInput = "x" | "mean" | "variance" | "weight" | "gate" | "dOut";
const backward = operator<BatchnormBackwardShape, BackwardInput, "dX" | "dWeight" | "dBias" | "dResidual">(
  batchnormBackward,
  ["x", "mean", "variance", "weight", "gate", "dOut"],
  ["dX", "dWeight", "dBias", "dResidual"],
  "not differentiable",
);

const isBatchMoment = (tensor: Tensor): boolean =>
  tensor.producer instanceof KernelNode && (tensor.producer.operator.kernel as unknown) === batchnormStatistics;

/** Normalisation by given moments, with the residual addition and the ReLU that fusion may have drawn in. */
const normalisation = operator<BatchnormApplyShape, "x" | "mean" | "variance" | "weight" | "bias" | "residual", "out">(
  batchnormApply,
  ["x", "mean", "variance", "weight", "bias", "residual"],
  ["out"],
  ({ shape, inputs: { x, mean, variance, weight, bias }, outputs: { out } }, { out: dOut }) => {
    const gradients = once(() =>
      apply(
        backward,
        { ...shape, frozen: !isBatchMoment(mean) },
        { x, mean, variance, weight, dOut: dOut!, ...(shape.relu ? { gate: shape.residual ? out : bias } : {}) },
      ),
    );
    return {
      x: () => gradients().dX,
      mean: null,
      variance: null,
      weight: () => gradients().dWeight,
      bias: () => gradients().dBias,
      residual: () => gradients().dResidual,
    };
  },
);

/** The variables of one BatchNorm layer, each [C]. */
export interface BatchNormVariables {
  readonly weight: Variable;
  readonly bias: Variable;
  readonly runningMean: Variable;
  readonly runningVariance: Variable;
}

export interface BatchNormOptions {
  /** "train": the batch's own moments, and the running ones move. "eval": the running moments, unchanged. */
  readonly mode: "train" | "eval";
  /** torch.nn.BatchNorm2d's defaults: 1e-5 and 0.1. */
  readonly epsilon?: number;
  readonly momentum?: number;
}

/** torch.nn.BatchNorm2d: x [N,H,W,C] -> [N,H,W,C], normalised by the biased variance over N, H and W. */
export function batchNorm(x: Tensor, variables: BatchNormVariables, options: BatchNormOptions): Tensor {
  const [N, H, W, C] = x.shape as [number, number, number, number];
  const { weight, bias, runningMean, runningVariance } = variables;
  const moments =
    options.mode === "train"
      ? apply(
          statistics,
          { N, H, W, C, momentum: options.momentum ?? 0.1 },
          { x },
          { updates: { runningMean, runningVariance } },
        )
      : { mean: runningMean, variance: runningVariance };
  const shape = { N, H, W, C, epsilon: options.epsilon ?? 1e-5, relu: false, residual: false };
  return apply(normalisation, shape, { x, ...moments, weight, bias }).out;
}
