import { ceilDiv, type Constants, type DeviceTraits, type Rung } from "@fledge/runtime";
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

/** Workgroups that cover a product of `rows` x `channels`. */
export function laneTiles(rows: number, channels: number, { LANES: lanes, LN, TM }: Constants): number {
  return ceilDiv(rows, (lanes! / LN!) * TM!) * ceilDiv(channels, LN! * 4);
}

/**
 * `Rung.unsupported` of a lane-broadcast rung: its lanes must share a subgroup, and the sizes it touches by vec4f
 * must be multiples of 4.
 */
export function needsLanes(...vectors: readonly ("IC" | "OC")[]): NonNullable<Rung<Conv2dShape>["unsupported"]> {
  return (shape: Conv2dShape, device: DeviceTraits): string | null => {
    if (device.subgroupSize < LANES) return `subgroups of ${device.subgroupSize} lanes, at least ${LANES} needed`;
    const ragged = vectors.find((name) => shape[name] % 4 !== 0);
    return ragged === undefined ? null : `${ragged} = ${shape[ragged]} is no multiple of 4`;
  };
}
