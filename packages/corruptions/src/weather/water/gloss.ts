import { cannyEdges } from "./canny.ts";
import { chamferDistance } from "./chamfer.ts";
import { boxMean, correlate3x3, equalized } from "./filters.ts";

/** Distances beyond it count alike, pixels. */
const farthest = 20;
/** Lights what rises towards the lower right. */
const relief = [-2, -1, 0, -1, 1, 1, 0, 1, 2] as const;
const low = 50;
const high = 150;

/**
 * How brightly drops of water reflect: [H, W] in 0..1, the greatest 1, or all 0 where there is no drop. `drops`: bytes,
 * 0 where there is none. ImageNet-C's chain of OpenCV calls: the distance to the drops' edges, equalised, seen in
 * relief, times the drop's depth.
 */
export function glossOfDrops(drops: Uint8Array, width: number, height: number): Float64Array {
  const edges = cannyEdges(drops, width, height, low, high);
  const distances = chamferDistance(edges, width, height).map((distance) => Math.min(distance, farthest));
  const levels = equalized(Uint8Array.from(boxMean(distances, width, height), Math.trunc));
  const slopes = Uint8ClampedArray.from(correlate3x3(levels, width, height, relief));
  const smooth = boxMean(slopes, width, height).map(Math.round);
  const gloss = smooth.map((value, i) => value * drops[i]!);
  const greatest = gloss.reduce((a, b) => Math.max(a, b), 0);
  return greatest === 0 ? gloss : gloss.map((value) => value / greatest);
}
