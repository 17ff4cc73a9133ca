import { ladderOf, linearWorkgroups, mainPass } from "@fledge/runtime";
import type { DlrShape } from "../shape.ts";

const { ladder, rung } = ladderOf<DlrShape>("dlr-gradient", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one row per invocation",
  params: ({ N, C }) => ({ N, C }),
  passes: mainPass(({ N }, { WORKGROUP }) => linearWorkgroups(N, WORKGROUP)),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });
