import { ladderOf, mainPass } from "@fledge/runtime";
import type { BatchShape } from "../shape.ts";

const { ladder, rung } = ladderOf<BatchShape>("blend", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "each pixel by itself",
  passes: mainPass(({ N }, { GROUPS }) => [GROUPS!, N, 1]),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });
