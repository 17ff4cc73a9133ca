import { ladderOf, linearWorkgroups, mainPass } from "@fledge/runtime";
import { needsVectors } from "../needs-vectors.ts";
import { averageInputs, averageOutputs, averageParams, type GlobalAveragePoolShape } from "../shape.ts";

const { ladder, rung } = ladderOf<GlobalAveragePoolShape>("global-average-pool-backward", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one element of dX per invocation",
  params: averageParams,
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(averageInputs(shape), WORKGROUP)),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

export const vec4 = rung("02-vec4", {
  from: naive,
  idea: "four channels per invocation",
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(averageInputs(shape) / 4, WORKGROUP)),
  unsupported: needsVectors,
});

export const column = rung("03-column", {
  from: vec4,
  idea: "all pixels of an image per invocation",
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(averageOutputs(shape) / 4, WORKGROUP)),
});
