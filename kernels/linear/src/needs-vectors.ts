import type { LinearShape } from "./shape.ts";

/** Why a rung that loads rows in vectors of four cannot run, or null. */
export function needsVectors({ IN, OUT }: LinearShape): string | null {
  if (IN % 4 !== 0) return `IN ${IN} is no multiple of 4`;
  return OUT % 4 === 0 ? null : `OUT ${OUT} is no multiple of 4`;
}
