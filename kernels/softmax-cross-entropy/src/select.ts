import * as backward from "./backward/ladder.ts";
import * as counting from "./count-correct/ladder.ts";
import * as forward from "./forward/ladder.ts";
import * as ranking from "./top-one/ladder.ts";

export const selectForward = (): readonly string[] => [forward.naive.id];
export const selectBackward = (): readonly string[] => [backward.naive.id];
export const selectTopOne = (): readonly string[] => [ranking.naive.id];
export const selectCountCorrect = (): readonly string[] => [counting.naive.id];
