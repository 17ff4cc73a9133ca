import { moved, wantedStep } from "./gauss-newton.ts";
import { levelOffsets, levelSides, type Level } from "./picture.ts";
import { plausible, type Placement } from "./placement.ts";
import { columns, rows, sample } from "./sampling.ts";

/** Differences of local deviations beyond this, in stored values, weigh ever less (Cauchy's weight). */
const toleratedDeviation = 34;

/** How two pictures agree on a level where both show something. */
interface Fit {
  readonly correlation: number;
  /** The second's values are about gain * the first's + offset. */
  readonly gain: number;
  readonly offset: number;
}

function fitAt(first: Int8Array, second: Int8Array, level: Level, at: Placement): Fit {
  const side = levelSides[level];
  const offset = levelOffsets[level];
  const count = sample(at, side);
  let a1 = 0;
  let b1 = 0;
  let aa = 0;
  let bb = 0;
  let ab = 0;
  for (let y = 0; y < side; y++) {
    const row = rows.before[y]!;
    if (row < 0) continue;
    const fy = rows.share[y]!;
    const base = offset + row * side;
    for (let x = 0; x < side; x++) {
      const column = columns.before[x]!;
      if (column < 0) continue;
      const fx = columns.share[x]!;
      const i = base + column;
      const upper = first[i]! + (first[i + 1]! - first[i]!) * fx;
      const lower = first[i + side]! + (first[i + side + 1]! - first[i + side]!) * fx;
      const a = upper + (lower - upper) * fy;
      const b = second[offset + y * side + x]!;
      a1 += a;
      b1 += b;
      aa += a * a;
      bb += b * b;
      ab += a * b;
    }
  }
  if (count === 0) return { correlation: 0, gain: 1, offset: 0 };
  const variance = aa - (a1 * a1) / count + 1e-6;
  const covariance = ab - (a1 * b1) / count;
  const gain = covariance / variance;
  return {
    correlation: covariance / Math.sqrt(variance * (bb - (b1 * b1) / count + 1e-6)),
    gain,
    offset: (b1 - gain * a1) / count,
  };
}

/** The correlation of two pictures on a level where both show something. */
export function correlationAt(first: Int8Array, second: Int8Array, level: Level, at: Placement): number {
  return fitAt(first, second, level, at).correlation;
}

/** A placement and the correlation under it. */
export interface Aligned {
  readonly placement: Placement;
  readonly correlation: number;
}

/**
 * Betters a placement on one level by at most `steps` steps (Lucas and Kanade 1981, offset and scale of each side), as
 * long as the correlation rises.
 */
export function refine(first: Int8Array, second: Int8Array, level: Level, start: Placement, steps: number): Aligned {
  let placement = start;
  let fit = fitAt(first, second, level, start);
  for (let step = 0; step < steps; step++) {
    const change = wantedStep(first, second, level, placement, fit, toleratedDeviation);
    if (!change) break;
    const next = moved(placement, change);
    if (!plausible(next)) break;
    const reached = fitAt(first, second, level, next);
    const gained = reached.correlation - fit.correlation;
    if (!(gained > 0)) break;
    [placement, fit] = [next, reached];
    if (gained < 1e-3) break;
  }
  return { placement, correlation: fit.correlation };
}
