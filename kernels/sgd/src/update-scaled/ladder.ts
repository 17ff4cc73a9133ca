import { ceilDiv, ladderOf, linearWorkgroups, mainPass } from "@fledge/runtime";
import { updateParams, type SgdShape } from "../shape.ts";

const { ladder, rung } = ladderOf<SgdShape>("sgd-update-scaled", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one element per invocation",
  params: updateParams,
  passes: mainPass(({ count }, { WORKGROUP }) => linearWorkgroups(count, WORKGROUP)),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

export const vec4 = rung("02-vec4", {
  from: naive,
  idea: "four elements per invocation",
  passes: mainPass(({ count }, { WORKGROUP }) => linearWorkgroups(ceilDiv(count, 4), WORKGROUP)),
});

export const run = rung("03-run", {
  from: vec4,
  idea: "8 neighbouring vectors per invocation",
  passes: mainPass(({ count }, { WORKGROUP, VECTORS }) => linearWorkgroups(ceilDiv(count, 4 * VECTORS), WORKGROUP)),
});
