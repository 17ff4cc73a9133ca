import type { Constants, TensorSpec } from "@fledge/runtime";
import type { SoftmaxCrossEntropyShape, WeightedCrossEntropyShape } from "./shape.ts";

export const lossConstants = ({ target }: SoftmaxCrossEntropyShape): Constants => ({ SOFT: Number(target === "soft") });

export const weightedConstants = (shape: WeightedCrossEntropyShape): Constants => ({
  ...lossConstants(shape),
  KEPT: Number(shape.reduction === "mean_kept"),
});

export const lossParams = ({ N, C, labelSmoothing }: SoftmaxCrossEntropyShape) => ({
  N,
  C,
  smoothing: labelSmoothing,
  nan: NaN,
});

/** One element in place of the kind of target that this shape does not have. */
export const absentTarget = ({ target }: SoftmaxCrossEntropyShape): Record<string, TensorSpec> =>
  target === "soft" ? { labels: { shape: [1], dtype: "i32" } } : { targets: { shape: [1], dtype: "f32" } };
