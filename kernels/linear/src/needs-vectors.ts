import type { LinearShape } from "./shape.ts";

/** Why a rung that loads rows in vectors of four cannot run, or null. */
export function needsVectors({ IN, OUT }: LinearShape): string | null {
  if (IN % 4 !== 0) return `IN ${IN} is no multiple of 4`;
  return OUT % 4 === 0 ? null : `OUT ${OUT} is no multiple of 4`;
}

/** Sizes up to which a grid of blocks of two rows or more stays within 65535 workgroups each way. */
const largest = 2 * 65535;

/** As `needsVectors`, for rungs whose grid has the rows in y. */
export function needsGrid(shape: LinearShape): string | null {
  const { N, IN, OUT } = shape;
  const over = Object.entries({ N, IN, OUT }).find(([, size]) => size > largest);
  return needsVectors(shape) ?? (over ? `${over[0]} ${over[1]} is above ${largest}` : null);
}
