import { KIB_CHANNELS } from "./strips.ts";

/** Why a rung that loads four channels at a time cannot run this shape, or null. */
export const needsQuads = ({ C }: { readonly C: number }): string | null =>
  C % 4 === 0 ? null : `C is ${C}, no multiple of 4`;

/** Why a rung that loads sixteen channels, a cache line, at a time cannot run this shape, or null. */
export const needsBlocks = ({ C }: { readonly C: number }): string | null =>
  C % 16 === 0 ? null : `C is ${C}, no multiple of 16`;

/** Why a rung whose workgroups read 256 channels of a row in one piece cannot run this shape, or null. */
export const needsKib = ({ C }: { readonly C: number }): string | null =>
  C % KIB_CHANNELS === 0 ? null : `C is ${C}, no multiple of ${KIB_CHANNELS}`;
