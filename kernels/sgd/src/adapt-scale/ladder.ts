import { ladderOf, mainPass } from "@fledge/runtime";
import type { SgdAdaptScaleShape } from "../shape.ts";

const { ladder, rung } = ladderOf<SgdAdaptScaleShape>("sgd-adapt-scale", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one invocation adapts the scale",
  params: ({ growthFactor, backoffFactor, growthInterval }) => ({ growthFactor, backoffFactor, growthInterval }),
  passes: mainPass(() => [1, 1, 1]),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });
