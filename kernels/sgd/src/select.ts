import { naive as advanceNaive } from "./advance/ladder.ts";
import { vec4 } from "./update/ladder.ts";

/** Four elements per invocation, on every device and for every count. */
export const selectUpdate = (): readonly string[] => [vec4.id];

export const selectAdvance = (): readonly string[] => [advanceNaive.id];
