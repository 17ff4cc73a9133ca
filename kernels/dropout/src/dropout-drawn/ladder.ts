import { ladderOf, linearWorkgroups, mainPass } from "@fledge/runtime";
import { drawnParams, keepMaskBlocks, keepMaskCount, needsBlocks, type KeepMaskShape } from "../shape.ts";

const { ladder, rung } = ladderOf<KeepMaskShape>("dropout-drawn", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one element per invocation",
  params: drawnParams,
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(keepMaskCount(shape), WORKGROUP)),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

export const block = rung("02-block", {
  from: naive,
  idea: "a block of four draws per invocation",
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(keepMaskBlocks(shape), WORKGROUP)),
});

export const vec4 = rung("03-vec4", { from: block, idea: "the block as a vector", unsupported: needsBlocks });
