import { ceilDiv, ladderOf, linearWorkgroups, mainPass } from "@fledge/runtime";
import type { TwoRunsShape } from "../shape.ts";

const { ladder, rung } = ladderOf<TwoRunsShape>("split", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one element per invocation",
  params: ({ countA, countB }) => ({ countA, countB }),
  passes: mainPass(({ countA, countB }, { WORKGROUP }) => linearWorkgroups(countA + countB, WORKGROUP)),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

export const vec4 = rung("02-vec4", {
  from: naive,
  idea: "four elements per invocation",
  passes: mainPass(({ countA, countB }, { WORKGROUP }) => linearWorkgroups(ceilDiv(countA + countB, 4), WORKGROUP)),
  unsupported: ({ countA }) => (countA % 4 === 0 ? null : `countA is ${countA}, no multiple of 4`),
});
