import { ceilDiv, ladderOf, linearWorkgroups, mainPass } from "@fledge/runtime";
import { needsVectors } from "../needs-vectors.ts";
import { averageOutputs, averageParams, type GlobalAveragePoolShape } from "../shape.ts";

const { ladder, rung } = ladderOf<GlobalAveragePoolShape>("global-average-pool-forward", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one element of out per invocation",
  params: averageParams,
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(averageOutputs(shape), WORKGROUP)),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

export const vec4 = rung("02-vec4", {
  from: naive,
  idea: "four channels per invocation",
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(averageOutputs(shape) / 4, WORKGROUP)),
  unsupported: needsVectors,
});

export const splitRows = rung("03-split-rows", {
  from: vec4,
  idea: "an image's rows split over 4 invocations",
  passes: mainPass((shape, { COLUMNS }) => linearWorkgroups(averageOutputs(shape) / 4, COLUMNS)),
});

export const run = rung("04-run", {
  from: vec4,
  idea: "4 neighbouring vectors per invocation",
  passes: mainPass(({ N, C }, { WORKGROUP, RUN }) => linearWorkgroups(N * ceilDiv(C, 4 * RUN), WORKGROUP)),
});
