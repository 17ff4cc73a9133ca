import { ceilDiv, type Constants, type DeviceTraits } from "@fledge/runtime";
import { raggedChannels, type Unsupported } from "./needs.ts";
import type { Conv2dShape } from "./shape.ts";

/** Lanes of a workgroup in the lane-broadcast rungs: one subgroup, or the low part of a wider one. */
const LANES = 8;

/**
 * Constants of a lane-broadcast rung for a product with `channels` columns: LN of the LANES lanes lie side by side over
 * channels, four to a lane, and the others over rows, TM to a lane; so few channels leave no lane idle.
 */
export function laneTile(channels: number): { readonly LANES: number; readonly LN: number; readonly TM: number } {
  return { LANES, LN: [1, 2, 4].find((count) => count * 4 >= channels) ?? LANES, TM: 16 };
}

/** Tiles that leave neither of two cores idle for long. */
const enoughTiles = 16;

/** `laneTile` with 32 rows to a lane where that leaves enough tiles: a load of weight then serves twice the rows. */
export function tallLaneTile(rows: number, channels: number): ReturnType<typeof laneTile> {
  const tall = { ...laneTile(channels), TM: 32 };
  return laneTiles(rows, channels, tall) >= enoughTiles ? tall : laneTile(channels);
}

/** Workgroups that cover a product of `rows` x `channels`. */
export function laneTiles(rows: number, channels: number, { LANES: lanes, LN, TM }: Constants): number {
  return ceilDiv(rows, (lanes! / LN!) * TM!) * ceilDiv(channels, LN! * 4);
}

/**
 * `Rung.unsupported` of a lane-broadcast rung: its lanes must share a subgroup, and the sizes it touches by vec4f
 * must be multiples of 4.
 */
export function needsLanes(...vectors: readonly ("IC" | "OC")[]): Unsupported {
  return (shape: Conv2dShape, device: DeviceTraits): string | null => {
    if (device.subgroupSize < LANES) return `subgroups of ${device.subgroupSize} lanes, at least ${LANES} needed`;
    return raggedChannels(shape, vectors);
  };
}

/** `Rung.unsupported` of a rung for 1x1 convolutions whose rows are the rows of the input. */
export const needsPlainProduct: Unsupported = ({ KH, KW, stride, padding }) =>
  KH === 1 && KW === 1 && stride === 1 && padding === 0 ? null : "it is no 1x1 convolution of stride 1 without padding";
