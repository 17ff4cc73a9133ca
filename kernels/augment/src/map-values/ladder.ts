import { ladderOf, mainPass } from "@fledge/runtime";
import type { BatchShape } from "../shape.ts";

const { ladder, rung } = ladderOf<BatchShape>("map-values", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one value at a time",
  passes: mainPass(({ N }, { GROUPS }) => [GROUPS!, N, 1]),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

export const wholeWords = rung("02-whole-words", { from: naive, idea: "bytes mapped where they lie in words" });
