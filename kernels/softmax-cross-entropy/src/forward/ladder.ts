import { ladderOf, linearWorkgroups, type Pass, type TensorSpec } from "@fledge/runtime";
import { absentTarget, lossConstants, lossParams } from "../options.ts";
import type { SoftmaxCrossEntropyShape } from "../shape.ts";

const scratch = (shape: SoftmaxCrossEntropyShape): Record<string, TensorSpec> => ({
  ...absentTarget(shape),
  rowLosses: { shape: [shape.N], dtype: "f32" },
});

/** The losses of the rows over a grid, then their mean. */
const passes = (lossOfRow: Pass<SoftmaxCrossEntropyShape>["workgroups"]): Pass<SoftmaxCrossEntropyShape>[] => [
  { entryPoint: "lossOfRow", workgroups: lossOfRow },
  { entryPoint: "meanLoss", workgroups: () => [1, 1, 1] },
];

const { ladder, rung } = ladderOf<SoftmaxCrossEntropyShape>("softmax-cross-entropy-forward", import.meta.url);
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

export const workgroup = rung("03-workgroup", {
  from: online,
  idea: "a workgroup per row",
  passes: passes(({ N }) => linearWorkgroups(N, 1)),
});

export const subgroup = rung("04-subgroup", {
  from: online,
  idea: "a subgroup per row, no barriers",
  passes: passes(({ N }, { ROWS }) => linearWorkgroups(N, ROWS)),
  features: ["subgroups"],
});
