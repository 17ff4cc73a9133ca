import { levelOffsets, levelSides, type Level } from "./picture.ts";
import type { Placement } from "./placement.ts";
import { columns, rows, sample } from "./sampling.ts";
import { solveSymmetric } from "./solve.ts";
import type { Tone } from "./tone.ts";

/** [6, 7]: the upper triangle and the right side of one step's normal equations. */
const equations = new Float64Array(6 * 7);

/**
 * The change of the placement that one robust Gauss-Newton step wants, as [left, across, top, down]; a gain and an offset
 * of the values are solved for with it. Undefined where the pictures are too flat.
 */
export function wantedStep(
  first: Int8Array,
  second: Int8Array,
  level: Level,
  at: Placement,
  { gain, offset: lift }: Pick<Tone, "gain" | "offset">,
  tolerated: number,
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
    let hh = 0;
    let hhu = 0;
    let hhuu = 0;
    let hw = 0;
    let hwu = 0;
    let ww = 0;
    let ha = 0;
    let hau = 0;
    let wa = 0;
    let aa = 0;
    let h = 0;
    let hu = 0;
    let w = 0;
    let a1 = 0;
    let one = 0;
    let he = 0;
    let heu = 0;
    let we = 0;
    let ae = 0;
    let e1 = 0;
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

/** A placement, changed as `wantedStep` wants. */
export const moved = ({ left, across, top, down }: Placement, change: Float64Array): Placement => ({
  left: left + change[0]!,
  across: across + change[1]!,
  top: top + change[2]!,
  down: down + change[3]!,
});
