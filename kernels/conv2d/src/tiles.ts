import { ceilDiv, type Constants, type DeviceTraits, type Rung } from "@fledge/runtime";
import type { Conv2dShape } from "./shape.ts";

/** Tiles of a workgroup and of an invocation, from large to small; TN is a multiple of 4, and in grad-weight TM. */
const sizes = [
  { BM: 128, BN: 128, TM: 8, TN: 8 },
  { BM: 64, BN: 128, TM: 8, TN: 8 },
  { BM: 128, BN: 64, TM: 8, TN: 8 },
  { BM: 64, BN: 64, TM: 8, TN: 8 },
  { BM: 64, BN: 64, TM: 8, TN: 4 },
  { BM: 64, BN: 64, TM: 4, TN: 8 },
  { BM: 64, BN: 32, TM: 8, TN: 4 },
  { BM: 32, BN: 64, TM: 4, TN: 8 },
] as const;
const smallest = 64;

/** k's of a step: more for each barrier, or more workgroups to a core. */
const depths = [8, 16];

/** How the lanes of a subgroup lie over a tile, as square as may be. */
const lanes: Readonly<Record<number, { readonly LM: number; readonly LN: number }>> = {
  8: { LM: 2, LN: 4 },
  16: { LM: 4, LN: 4 },
  32: { LM: 4, LN: 8 },
  64: { LM: 8, LN: 8 },
};

/** As far as it reaches, a tile is no longer than twice a side of the product, unless it is one of the smallest. */
const fits = (tile: number, side: number): boolean => tile <= smallest || tile < 2 * side;

/**
 * `Rung.tiles` of the rungs with big tiles: BM x BN tiles, TM x TN sums an invocation, BK k's a step, LM x LN lanes of a
 * subgroup side by side, where 32 stand for a size that is not known.
 */
export function tilesFor(
  sides: (shape: Conv2dShape) => { readonly gemmM: number; readonly gemmN: number },
): NonNullable<Rung<Conv2dShape>["tiles"]> {
  return (shape, { subgroupSize }: DeviceTraits): readonly Constants[] => {
    const { gemmM, gemmN } = sides(shape);
    return sizes
      .filter(({ BM, BN }) => fits(BM, gemmM) && fits(BN, gemmN))
      .flatMap((size) =>
        depths.map((BK) => ({
          ...size,
          BK,
          ...(lanes[subgroupSize] ?? lanes[32]),
          WORKGROUP: (size.BM / size.TM) * (size.BN / size.TN),
        })),
      );
  };
}

/** Fewer workgroups than a large GPU has cores; H200: 132. */
const fewWorkgroups = 128;

/**
 * `Rung.constants` of forward's and grad-input's rungs with big tiles: two workgroups of 128 invocations on a core beat
 * one of 256, as on an H200 at every layer of ResNet-50 whose tiles are many; where they are few, splits of K make up
 * for that, and the larger tile reads less. In grad-input these are the workgroups of one stride phase.
 */
export function tileOf(
  sides: (shape: Conv2dShape) => { readonly gemmM: number; readonly gemmN: number },
): NonNullable<Rung<Conv2dShape>["constants"]> {
  return (shape) => {
    const { gemmM, gemmN } = sides(shape);
    if (gemmN < 128) return { BM: 128, BN: 64, WORKGROUP: 128 };
    if (ceilDiv(gemmM, 64) * ceilDiv(gemmN, 128) < fewWorkgroups) return {};
    return { BM: 64, BN: 128, WORKGROUP: 128 };
  };
}
