import { ladderOf, linearWorkgroups, mainPass, type Pass, type TensorSpec } from "@fledge/runtime";
import { absentTarget, lossConstants, lossParams } from "../options.ts";
import type { SoftmaxCrossEntropyShape } from "../shape.ts";

const scratch = (shape: SoftmaxCrossEntropyShape): Record<string, TensorSpec> => ({
  ...absentTarget(shape),
  rowLosses: { shape: [shape.N], dtype: "f32" },
});

/** Losses and gradients of the rows over a grid, then the mean of the losses. */
const passes = (ofRow: Pass<SoftmaxCrossEntropyShape>["workgroups"]): Pass<SoftmaxCrossEntropyShape>[] => [
  { entryPoint: "lossAndGradientOfRow", workgroups: ofRow },
  { entryPoint: "meanLoss", workgroups: () => [1, 1, 1] },
];

const { ladder, rung } = ladderOf<SoftmaxCrossEntropyShape>("softmax-cross-entropy-with-gradient", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one row per invocation",
  constants: lossConstants,
  params: lossParams,
  scratch,
  passes: passes(({ N }, { WORKGROUP }) => linearWorkgroups(N, WORKGROUP)),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

export const online = rung("02-online", { from: naive, idea: "maximum and sum in one pass" });

export const subgroup = rung("03-subgroup", {
  from: online,
  idea: "a subgroup per row",
  passes: passes(({ N }, { ROWS }) => linearWorkgroups(N, ROWS)),
  features: ["subgroups"],
});

export const oneDispatch = rung("04-one-dispatch", {
  from: online,
  idea: "one workgroup, one dispatch",
  scratch: absentTarget,
  passes: mainPass(() => [1, 1, 1]),
});
