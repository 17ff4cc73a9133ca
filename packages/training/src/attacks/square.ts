import type { Attacker } from "./attacker.ts";
import type { AttackRun } from "./pgd.ts";
import { margin, rowOf } from "./scores.ts";
import { attackRandom, type AttackedRows, type AttackKey } from "./starts.ts";

export interface SquareOptions {
  /** Of values in 0..1. */
  readonly epsilon: number;
  /** How often the network is asked about each image. */
  readonly queries: number;
  /** Share of the picture that the first squares cover. */
  readonly initialShare: number;
  readonly key: AttackKey;
}

/** Queries, of 10000, up to which the share of a square is the initial one divided by 1, 2, 4, ... (the paper's appendix). */
const halvings = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000];

/** Side of the square of query `query`, in pixels: the schedule stretched over all queries. */
export function squareSide(
  query: number,
  { queries, initialShare }: Pick<SquareOptions, "queries" | "initialShare">,
  { height, width }: { readonly height: number; readonly width: number },
): number {
  const at = Math.floor((query / queries) * 10000);
  const halved = halvings.filter((limit) => at > limit).length;
  const side = Math.round(Math.sqrt((initialShare / 2 ** halved) * height * width));
  return Math.min(Math.max(side, 1), height, width);
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/**
 * The Square attack (Andriushchenko et al. 2020, L-infinity): a random search without gradients. It begins from vertical
 * stripes of +-epsilon, moves one random square at a time by 2 epsilon up or down in each channel, and keeps what makes
 * the label's lead smaller. An image that is fooled stays as it is.
 */
export async function square(
  attacker: Attacker,
  { images, labels, indices }: AttackedRows,
  options: SquareOptions,
): Promise<AttackRun> {
  const { height, width, classes } = attacker.target;
  const { epsilon, queries, key } = options;
  const { pixels } = attacker;
  const draws = indices.map((index) => attackRandom(key, index));
  const sign = (row: number): number => (draws[row]!.uint32() < 2 ** 31 ? -1 : 1);
  /** Into the ball and 0..1, rounded to f32 as the bounds are. */
  const within = (value: number, i: number): number => {
    const origin = images[i]!;
    const inBall = clamp(Math.fround(value), Math.fround(origin - epsilon), Math.fround(origin + epsilon));
    return clamp(inBall, 0, 1);
  };

  const points = images.slice();
  for (const row of indices.keys()) {
    const stripes = Array.from({ length: width * 3 }, () => epsilon * sign(row));
    for (let i = 0; i < pixels; i++)
      points[row * pixels + i] = within(images[row * pixels + i]! + stripes[i % (width * 3)]!, row * pixels + i);
  }
  const found = await attacker.query(points);
  const lead = Float64Array.from(labels, (label, row) => margin(rowOf(found, row, classes), label));

  for (let query = 1; query < queries && lead.some((value) => value > 0); query++) {
    const proposed = points.slice();
    const side = squareSide(query, options, attacker.target);
    for (const row of indices.keys()) {
      if (lead[row]! <= 0) continue;
      const top = draws[row]!.integer(0, height - side + 1);
      const left = draws[row]!.integer(0, width - side + 1);
      const moves = [0, 1, 2].map(() => 2 * epsilon * sign(row));
      for (let y = top; y < top + side; y++) {
        for (let x = left; x < left + side; x++) {
          for (let c = 0; c < 3; c++) {
            const i = row * pixels + (y * width + x) * 3 + c;
            proposed[i] = within(points[i]! + moves[c]!, i);
          }
        }
      }
    }
    const logits = await attacker.query(proposed);
    for (const [row, label] of labels.entries()) {
      if (lead[row]! <= 0) continue;
      const own = rowOf(logits, row, classes);
      const value = margin(own, label);
      if (value >= lead[row]!) continue;
      lead[row] = value;
      found.set(own, row * classes);
      points.set(proposed.subarray(row * pixels, (row + 1) * pixels), row * pixels);
    }
  }
  return { points, logits: found };
}
