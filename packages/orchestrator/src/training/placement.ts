import type { ViewImages } from "@fledge/data";

/** The input kernel's placement [N,3] of whole images: top 0, left 0, and the flip that the loader drew. */
export function placementOf({ flips }: Pick<ViewImages, "flips">): Int32Array<ArrayBuffer> {
  const placement = new Int32Array(flips.length * 3);
  flips.forEach((flip, row) => (placement[row * 3 + 2] = flip));
  return placement;
}
