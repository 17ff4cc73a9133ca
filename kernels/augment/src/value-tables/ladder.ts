import { ladderOf } from "@fledge/runtime";
import type { BatchShape } from "../shape.ts";

const { ladder, rung } = ladderOf<BatchShape>("value-tables", import.meta.url);
export { ladder };

/** A count of each value of three channels, and the sum of the pixels' luma. */
const COUNTS = 3 * 256 + 1;

export const naive = rung("01-naive", {
  idea: "all invocations count in one place",
  scratch: ({ N }) => ({ counts: { shape: [N, COUNTS], dtype: "u32" } }),
  passes: [
    { entryPoint: "clear", workgroups: ({ N }) => [1, N, 1] },
    { entryPoint: "count", workgroups: ({ N }, { GROUPS }) => [GROUPS!, N, 1] },
    { entryPoint: "fill", workgroups: ({ N }) => [1, N, 1] },
  ],
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

export const ownCounts = rung("02-own-counts", { from: naive, idea: "a workgroup counts in its own memory" });
