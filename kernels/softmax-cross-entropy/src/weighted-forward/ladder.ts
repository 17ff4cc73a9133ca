import { ladderOf, linearWorkgroups, type TensorSpec } from "@fledge/runtime";
import { absentTarget, lossParams, weightedConstants } from "../options.ts";
import type { WeightedCrossEntropyShape } from "../shape.ts";

const scratch = (shape: WeightedCrossEntropyShape): Record<string, TensorSpec> => ({
  ...absentTarget(shape),
  rowLosses: { shape: [shape.N], dtype: "f32" },
});

const { ladder, rung } = ladderOf<WeightedCrossEntropyShape>("weighted-cross-entropy-forward", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one row per invocation",
  constants: weightedConstants,
  params: lossParams,
  scratch,
  // The losses of the rows over a grid, then their mean.
  passes: [
    { entryPoint: "lossOfRow", workgroups: ({ N }, { WORKGROUP }) => linearWorkgroups(N, WORKGROUP) },
    { entryPoint: "meanLoss", workgroups: () => [1, 1, 1] },
  ],
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

export const online = rung("02-online", { from: naive, idea: "maximum and sum in one pass" });
