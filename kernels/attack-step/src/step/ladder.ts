import { ladderOf, linearWorkgroups, mainPass } from "@fledge/runtime";
import type { AttackStepShape } from "../shape.ts";

const { ladder, rung } = ladderOf<AttackStepShape>("attack-step", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one element per invocation",
  params: ({ N, P }) => ({ count: N * P, P }),
  passes: mainPass(({ N, P }, { WORKGROUP }) => linearWorkgroups(N * P, WORKGROUP)),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

export const vec4 = rung("02-vec4", {
  from: naive,
  idea: "four elements per invocation",
  passes: mainPass(({ N, P }, { WORKGROUP }) => linearWorkgroups((N * P) / 4, WORKGROUP)),
  unsupported: ({ P }) => (P % 4 === 0 ? null : `P is ${P}, no multiple of 4`),
});
