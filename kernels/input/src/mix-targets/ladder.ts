import { ladderOf, linearWorkgroups, mainPass } from "@fledge/runtime";
import type { MixTargetsShape } from "../mix-shape.ts";

const { ladder, rung } = ladderOf<MixTargetsShape>("mix-targets", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one target per invocation",
  params: ({ N, C }) => ({ count: N * C, C }),
  passes: mainPass(({ N, C }, { WORKGROUP }) => linearWorkgroups(N * C, WORKGROUP)),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });
