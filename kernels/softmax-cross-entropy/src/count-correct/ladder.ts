import { ladderOf, linearWorkgroups } from "@fledge/runtime";
import type { LogitsShape } from "../shape.ts";

const { ladder, rung } = ladderOf<LogitsShape>("count-correct", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one row per invocation, then one workgroup counts",
  params: ({ N, C }) => ({ N, C }),
  scratch: ({ N }) => ({ hits: { shape: [N], dtype: "u32" } }),
  passes: [
    { entryPoint: "hitOfRow", workgroups: ({ N }, { WORKGROUP }) => linearWorkgroups(N, WORKGROUP) },
    { entryPoint: "count", workgroups: () => [1, 1, 1] },
  ],
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });
