import * as apply from "./apply/ladder.ts";
import * as backward from "./backward/ladder.ts";
import * as statistics from "./statistics/ladder.ts";

/** Vectors where C is a multiple of 4, as in every ResNet, else single channels. */
export const selectStatistics = (): readonly string[] => [statistics.vectorised.id, statistics.singleRead.id];

/** Vectors where C is a multiple of 4, else single channels. */
export const selectApply = (): readonly string[] => [apply.vectorised.id, apply.severalRows.id];

/** Vectors where C is a multiple of 4, else single channels; the naive rung for a single row. */
export const selectBackward = (): readonly string[] => [
  backward.vectorised.id,
  backward.severalRows.id,
  backward.naive.id,
];
