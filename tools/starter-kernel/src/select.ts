import * as forwardLadder from "./forward/ladder.ts";

/** The naive rung is the only one yet. */
export const selectForward = (): readonly string[] => [forwardLadder.naive.id];
