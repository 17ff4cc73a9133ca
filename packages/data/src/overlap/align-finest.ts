import { toleranceOf } from "./difference.ts";
import { moved, wantedStep } from "./gauss-newton.ts";
import { levelSides } from "./picture.ts";
import { plausible, type Placement } from "./placement.ts";
import { columns, rows, sample } from "./sampling.ts";
import type { Tone } from "./tone.ts";

/** The mean of a bounded function of the grey values' differences (Geman and McClure 1987), which no overlay can raise far. */
function boundedDifference(
  first: Int8Array,
  second: Int8Array,
  at: Placement,
  { gain, offset }: Tone,
  tolerated: number,
): number {
  const side = levelSides[0];
  const count = sample(at, side);
  const scale = tolerated * tolerated;
  let sum = 0;
  for (let y = 0; y < side; y++) {
    const row = rows.before[y]!;
    if (row < 0) continue;
    const fy = rows.share[y]!;
    const base = row * side;
    for (let x = 0; x < side; x++) {
      const column = columns.before[x]!;
      if (column < 0) continue;
      const fx = columns.share[x]!;
      const i = base + column;
      const upper = first[i]! + (first[i + 1]! - first[i]!) * fx;
      const lower = first[i + side]! + (first[i + side + 1]! - first[i + side]!) * fx;
      const error = second[y * side + x]! - gain * (upper + (lower - upper) * fy) - offset;
      const square = error * error;
      sum += square / (square + scale);
    }
  }
  return sum / count;
}

/**
 * As `refine` on the finest level, whose grey values an overlay changes by far more than local deviations: with a tone
 * that is known, and as long as the bounded difference falls.
 */
export function refineFinest(
  first: Int8Array,
  second: Int8Array,
  start: Placement,
  tone: Tone,
  steps: number,
): Placement {
  const tolerated = toleranceOf(tone);
  let placement = start;
  let least = boundedDifference(first, second, start, tone, tolerated);
  for (let step = 0; step < steps; step++) {
    const change = wantedStep(first, second, 0, placement, tone, tolerated);
    if (!change) break;
    const next = moved(placement, change);
    if (!plausible(next)) break;
    const reached = boundedDifference(first, second, next, tone, tolerated);
    if (!(reached < least)) break;
    [placement, least] = [next, reached];
  }
  return placement;
}
