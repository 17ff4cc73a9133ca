import { ceilDiv, ladderOf, linearWorkgroups, mainPass } from "@fledge/runtime";
import { elementwiseParams, type CastShape } from "../shape.ts";

const { ladder, rung } = ladderOf<CastShape>("cast", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one element per invocation",
  params: elementwiseParams,
  passes: mainPass(({ count }, { WORKGROUP }) => linearWorkgroups(count, WORKGROUP)),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

export const vec4 = rung("02-vec4", {
  from: naive,
  idea: "four elements per invocation",
  passes: mainPass(({ count }, { WORKGROUP }) => linearWorkgroups(ceilDiv(count, 4), WORKGROUP)),
});
