import { levelOffsets, levelSides } from "./picture.ts";
import { plausible, type Placement } from "./placement.ts";
import { columns, rows, sample } from "./sampling.ts";
import { solveSymmetric } from "./solve.ts";

/** Which of a picture's levels: 0 is the finest. */
export type Level = 0 | 1 | 2;

/** Differences beyond this, in stored values, weigh ever less: an overlay must not pull the placement (Cauchy's weight). */
const tolerated = 34;

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

/** [6, 7]: the upper triangle and the right side of one step's normal equations. */
const equations = new Float64Array(6 * 7);

/**
 * The change of the placement that one robust Gauss-Newton step wants, as [left, across, top, down]; a gain and an offset
 * of the values are solved for with it. Undefined where the pictures are too flat.
 */
function wantedStep(
  first: Int8Array,
  second: Int8Array,
  level: Level,
  at: Placement,
  { gain, offset: lift }: Fit,
): Float64Array | undefined {
  const side = levelSides[level];
  const offset = levelOffsets[level];
  sample(at, side);
  const m = equations.fill(0);
  for (let y = 0; y < side; y++) {
    const row = rows.before[y]!;
    if (row < 0) continue;
    const fy = rows.share[y]!;
    const base = offset + row * side;
    // Of a row: sums of products of the slopes across (h) and down (w), u, the first's value (a) and the error (e).
    let [hh, hhu, hhuu, hw, hwu, ww] = [0, 0, 0, 0, 0, 0];
    let [ha, hau, wa, aa, h, hu, w, a1, one] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
    let [he, heu, we, ae, e1] = [0, 0, 0, 0, 0];
    for (let x = 0; x < side; x++) {
      const column = columns.before[x]!;
      if (column < 0) continue;
      const fx = columns.share[x]!;
      const i = base + column;
      const p = first[i]!;
      const q = first[i + 1]!;
      const r = first[i + side]!;
      const s = first[i + side + 1]!;
      const upper = p + (q - p) * fx;
      const lower = r + (s - r) * fx;
      const a = gain * (upper + (lower - upper) * fy) + lift;
      const error = second[offset + y * side + x]! - a;
      const weight = 1 / (1 + (error * error) / (tolerated * tolerated));
      const across = gain * (q - p + (s - r - (q - p)) * fy);
      const down = gain * (lower - upper);
      const u = (x + 0.5) / side;
      const wh = weight * across;
      const wd = weight * down;
      const wv = weight * a;
      hh += wh * across;
      hhu += wh * across * u;
      hhuu += wh * across * u * u;
      hw += wh * down;
      hwu += wh * down * u;
      ww += wd * down;
      ha += wh * a;
      hau += wh * a * u;
      wa += wd * a;
      aa += wv * a;
      h += wh;
      hu += wh * u;
      w += wd;
      a1 += wv;
      one += weight;
      he += wh * error;
      heu += wh * error * u;
      we += wd * error;
      ae += wv * error;
      e1 += weight * error;
    }
    const v = (y + 0.5) / side;
    m[0]! += hh;
    m[1]! += hhu;
    m[2]! += hw;
    m[3]! += hw * v;
    m[4]! += ha;
    m[5]! += h;
    m[6]! += he;
    m[8]! += hhuu;
    m[9]! += hwu;
    m[10]! += hwu * v;
    m[11]! += hau;
    m[12]! += hu;
    m[13]! += heu;
    m[16]! += ww;
    m[17]! += ww * v;
    m[18]! += wa;
    m[19]! += w;
    m[20]! += we;
    m[24]! += ww * v * v;
    m[25]! += wa * v;
    m[26]! += w * v;
    m[27]! += we * v;
    m[32]! += aa;
    m[33]! += a1;
    m[34]! += ae;
    m[40]! += one;
    m[41]! += e1;
  }
  // Slopes are per pixel here; a placement counts in sides.
  return solveSymmetric(m, 6)?.map((value) => value / side);
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
    const change = wantedStep(first, second, level, placement, fit);
    if (!change) break;
    const next = {
      left: placement.left + change[0]!,
      across: placement.across + change[1]!,
      top: placement.top + change[2]!,
      down: placement.down + change[3]!,
    };
    if (!plausible(next)) break;
    const reached = fitAt(first, second, level, next);
    const gained = reached.correlation - fit.correlation;
    if (!(gained > 0)) break;
    [placement, fit] = [next, reached];
    if (gained < 1e-3) break;
  }
  return { placement, correlation: fit.correlation };
}
