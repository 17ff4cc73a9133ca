import { ladderOf, linearWorkgroups, mainPass } from "@fledge/runtime";
import { absentTarget, lossConstants, lossParams } from "../options.ts";
import type { SoftmaxCrossEntropyShape } from "../shape.ts";

const { ladder, rung } = ladderOf<SoftmaxCrossEntropyShape>("softmax-cross-entropy-backward", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one row per invocation",
  constants: lossConstants,
  params: lossParams,
  scratch: absentTarget,
  passes: mainPass(({ N }, { WORKGROUP }) => linearWorkgroups(N, WORKGROUP)),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

export const online = rung("02-online", { from: naive, idea: "maximum and sum in one pass" });

export const workgroup = rung("03-workgroup", {
  from: online,
  idea: "a workgroup per row",
  passes: mainPass(({ N }) => linearWorkgroups(N, 1)),
});

export const subgroup = rung("04-subgroup", {
  from: online,
  idea: "a subgroup per row, no barriers",
  passes: mainPass(({ N }, { ROWS }) => linearWorkgroups(N, ROWS)),
  features: ["subgroups"],
});
