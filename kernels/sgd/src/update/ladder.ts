import { beyondHalfRange, ceilDiv, ladderOf, linearWorkgroups, mainPass } from "@fledge/runtime";
import { updateParams, type SgdShape } from "../shape.ts";

const { ladder, rung } = ladderOf<SgdShape>("sgd-update", import.meta.url);
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

export const strided = rung("03-strided", {
  from: vec4,
  idea: "8 vectors per invocation, a workgroup apart",
  passes: mainPass(({ count }, { WORKGROUP, VECTORS }) => linearWorkgroups(ceilDiv(count, 4 * VECTORS), WORKGROUP)),
});

export const run = rung("04-run", { from: strided, idea: "the 8 vectors neighbours" });

export const uniform = rung("05-uniform", { from: run, idea: "one invocation a workgroup: every address uniform" });

export const usualStep = rung("06-usual-step", {
  from: uniform,
  idea: "a loop of its own for the usual step",
  unsupported: ({ count }) => beyondHalfRange(count),
});
