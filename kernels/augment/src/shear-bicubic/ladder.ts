import { ladderOf, mainPass } from "@fledge/runtime";
import type { BatchShape } from "../shape.ts";

const { ladder, rung } = ladderOf<BatchShape>("shear-bicubic", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "every pixel in binary64",
  passes: mainPass(({ N }, { GROUPS }) => [GROUPS!, N, 1]),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

export const f32First = rung("02-f32-first", { from: naive, idea: "binary64 only where f32 cannot tell" });
