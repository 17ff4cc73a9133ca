import { ladderOf, linearWorkgroups, mainPass } from "@fledge/runtime";
import { starterKernelParams, type StarterKernelShape } from "../shape.ts";

const { ladder, rung } = ladderOf<StarterKernelShape>("starter-kernel-forward", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one element per invocation",
  params: starterKernelParams,
  passes: mainPass(({ count }, { WORKGROUP }) => linearWorkgroups(count, WORKGROUP)),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });
