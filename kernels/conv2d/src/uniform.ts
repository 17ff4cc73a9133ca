import { ceilDiv, type Constants } from "@fledge/runtime";
import type { Unsupported } from "./needs.ts";
import type { Conv2dShape } from "./shape.ts";

/**
 * Constants of a rung that reads rows at addresses which all lanes share, for a product with `channels` columns: LANES
 * lanes side by side over channels, four to a lane.
 */
export function rowTile(channels: number): { readonly LANES: number } {
  return { LANES: channels <= 32 ? 8 : 16 };
}

/** What the four gathers of a step cost, in rows of a tile. */
const gatherRows = 8;

/**
 * Constants of a rung that gives a lane so many rows, 48 at most, as make a step's gathers serve many and leave few of the
 * last tile unused: `rowTile` for its columns.
 */
export function panelTile(rows: number, channels: number): { readonly LANES: number; readonly TM: number } {
  const cost = (TM: number): number => ceilDiv(rows, TM) * (TM + gatherRows);
  return { ...rowTile(channels), TM: [48, 32, 16].reduce((best, TM) => (cost(TM) < cost(best) ? TM : best)) };
}

/** Workgroups of a rung whose LANES lanes lie side by side over channels, each with TM rows of a product. */
export function rowTiles(rows: number, channels: number, { LANES, TM }: Constants): number {
  return ceilDiv(rows, TM!) * ceilDiv(channels, 4 * LANES!);
}

/** `Rung.unsupported` of a rung for 1x1 convolutions whose rows are pixels of the input, `stride` apart. */
export const needsSinglePixels: Unsupported = ({ KH, KW, padding }) =>
  KH === 1 && KW === 1 && padding === 0 ? null : "it is no 1x1 convolution without padding";

/** `Rung.unsupported` of a rung that binds a copy of so many bytes. */
export function needsBinding(sizeBytes: (shape: Conv2dShape) => number): Unsupported {
  return (shape, { maxStorageBufferBindingSize }) => {
    if (sizeBytes(shape) <= maxStorageBufferBindingSize) return null;
    return `it needs a buffer of ${sizeBytes(shape)} bytes, the adapter binds ${maxStorageBufferBindingSize}`;
  };
}
