import { ceilDiv, ladderOf, linearWorkgroups, mainPass } from "@fledge/runtime";
import { mixCount, type MixImagesShape } from "../mix-shape.ts";

const { ladder, rung } = ladderOf<MixImagesShape>("mix-images", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one value per invocation",
  params: (shape) => ({ count: mixCount(shape), H: shape.H, W: shape.W, C: shape.C }),
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(mixCount(shape), WORKGROUP)),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

export const vec4 = rung("02-vec4", {
  from: naive,
  idea: "four values per invocation",
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(ceilDiv(mixCount(shape), 4), WORKGROUP)),
});

export const run = rung("03-run", {
  from: vec4,
  idea: "8 vectors per invocation, neighbours",
  passes: mainPass((shape, { WORKGROUP, VECTORS }) =>
    linearWorkgroups(ceilDiv(mixCount(shape), 4 * VECTORS), WORKGROUP),
  ),
});
