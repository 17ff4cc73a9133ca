import { fourPixels, naive } from "./normalise/ladder.ts";

/** Four pixels per invocation where rows are whole quads, else one. */
export const selectNormalise = (): readonly string[] => [fourPixels.id, naive.id];
