import { ceilDiv, type Constants } from "@fledge/runtime";
import type { Unsupported } from "./needs.ts";

/** Workgroups of a rung whose LANES lanes lie side by side over channels, each with TM rows of a product. */
export function rowTiles(rows: number, channels: number, { LANES, TM }: Constants): number {
  return ceilDiv(rows, TM!) * ceilDiv(channels, 4 * LANES!);
}

/** `Rung.unsupported` of a rung for 1x1 convolutions whose rows are pixels of the input, `stride` apart. */
export const needsSinglePixels: Unsupported = ({ KH, KW, padding }) =>
  KH === 1 && KW === 1 && padding === 0 ? null : "it is no 1x1 convolution without padding";
