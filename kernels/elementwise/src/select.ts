import * as addLadder from "./add/ladder.ts";
import * as reluBackwardLadder from "./relu-backward/ladder.ts";
import * as reluLadder from "./relu/ladder.ts";

/** Four elements per invocation, on every device and for every count. */
export const selectRelu = (): readonly string[] => [reluLadder.vec4.id];
export const selectReluBackward = (): readonly string[] => [reluBackwardLadder.vec4.id];
export const selectAdd = (): readonly string[] => [addLadder.vec4.id];
