import * as dlrLadder from "./dlr-gradient/ladder.ts";
import * as keepLadder from "./keep/ladder.ts";
import type { AttackStepShape } from "./shape.ts";
import * as stepLadder from "./step/ladder.ts";

/** Vectors where images are whole vectors. */
export const selectStep = (_shape: AttackStepShape): readonly string[] => [stepLadder.vec4.id, stepLadder.naive.id];

export const selectKeep = (): readonly string[] => [keepLadder.vec4.id];

/** The naive rung is the only one. */
export const selectDlr = (): readonly string[] => [dlrLadder.naive.id];
