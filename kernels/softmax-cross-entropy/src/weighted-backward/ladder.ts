import { ladderOf, linearWorkgroups, mainPass } from "@fledge/runtime";
import { absentTarget, lossParams, weightedConstants } from "../options.ts";
import type { WeightedCrossEntropyShape } from "../shape.ts";

const { ladder, rung } = ladderOf<WeightedCrossEntropyShape>("weighted-cross-entropy-backward", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one row per invocation",
  constants: weightedConstants,
  params: lossParams,
  scratch: absentTarget,
  passes: mainPass(({ N }, { WORKGROUP }) => linearWorkgroups(N, WORKGROUP)),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

export const online = rung("02-online", { from: naive, idea: "maximum and sum in one pass" });
