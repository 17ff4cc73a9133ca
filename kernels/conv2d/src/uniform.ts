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

/** Rows to a lane where operands lie in panels, and the share of the fastest rate that each reaches. */
const rowsToLaneRates = [
  { TM: 48, rate: 1 },
  { TM: 32, rate: 0.9 },
  { TM: 16, rate: 0.7 },
] as const;

/** The number of rows to a lane that computes `rows` soonest: more of them pass faster, fewer leave less of the last tile empty. */
export function rowsToLane(rows: number): number {
  const costs = rowsToLaneRates.map(({ TM, rate }) => ({ TM, cost: (ceilDiv(rows, TM) * TM) / rate }));
  return costs.reduce((best, one) => (one.cost < best.cost ? one : best)).TM;
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
