import { ladderOf, mainPass } from "@fledge/runtime";
import type { SgdHoldAverageShape } from "../shape.ts";

const { ladder, rung } = ladderOf<SgdHoldAverageShape>("sgd-hold-average", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one invocation chooses",
  passes: mainPass(() => [1, 1, 1]),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });
