import { ladderOf, linearWorkgroups, mainPass } from "@fledge/runtime";
import type { LogitsShape } from "../shape.ts";

const { ladder, rung } = ladderOf<LogitsShape>("confidence", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one row per invocation",
  params: ({ N, C }) => ({ N, C, nan: NaN }),
  passes: mainPass(({ N }, { WORKGROUP }) => linearWorkgroups(N, WORKGROUP)),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });
