import { ladderOf, mainPass } from "@fledge/runtime";
import type { SgdAdvanceShape } from "../shape.ts";

export const ladder = ladderOf<SgdAdvanceShape>("sgd-advance", import.meta.url);

export const naive = ladder.rung("01-naive", {
  idea: "one invocation adds one",
  passes: mainPass(() => [1, 1, 1]),
});

export const noop = ladder.rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });
