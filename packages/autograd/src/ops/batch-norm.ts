import { storageOf } from "../autocast.ts";
import type { Tensor, Variable } from "../tensor.ts";
import { apply } from "../trace.ts";
import { operators } from "./table.ts";

/** The variables of one BatchNorm layer, each [C]. */
export interface BatchNormVariables {
  readonly weight: Variable;
  readonly bias: Variable;
  readonly runningMean: Variable;
  readonly runningVariance: Variable;
}

/** "train": the batch's own moments, and the running ones move. "eval": the running moments, unchanged. */
export type Mode = "train" | "eval";

export interface BatchNormOptions {
  readonly mode: Mode;
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
          operators.batchNormStatistics,
          { N, H, W, C, momentum: options.momentum ?? 0.1, ...storageOf(x) },
          { x },
          { updates: { runningMean, runningVariance } },
        )
      : { mean: runningMean, variance: runningVariance };
  const shape = { N, H, W, C, epsilon: options.epsilon ?? 1e-5, relu: false, residual: false, ...storageOf(x) };
  return apply(operators.batchNorm, shape, { x, ...moments, weight, bias }).out;
}
