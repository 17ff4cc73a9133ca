import { ladderOf, mainPass } from "@fledge/runtime";
import type { SgdScaleRateShape } from "../shape.ts";

const { ladder, rung } = ladderOf<SgdScaleRateShape>("sgd-scale-rate", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one invocation multiplies",
  params: ({ multiplier }) => ({ multiplier }),
  passes: mainPass(() => [1, 1, 1]),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });
