import type { Frame } from "./local-deviations.ts";
import type { Placement } from "./placement.ts";
import { columns, rows, sample } from "./sampling.ts";
import { side } from "./side.ts";

/** What `warped` gives: thousands of pairs a second would otherwise keep the collector of garbage busy. */
const scratch = new Float32Array(side * side);

/**
 * The first picture's grey values, [side, side], as seen from the second, in every `stride`-th pixel of every such row;
 * `frame` is what both show, and the rest is 0. The values hold until the next call.
 */
export function warped(
  first: Int8Array,
  at: Placement,
  stride: number,
): { readonly values: Float32Array; readonly frame: Frame } {
  const values = scratch.fill(0);
  sample(at, side);
  for (let y = 0; y < side; y += stride) {
    const row = rows.before[y]!;
    if (row < 0) continue;
    for (let x = 0; x < side; x += stride) {
      const column = columns.before[x]!;
      if (column < 0) continue;
      const fx = columns.share[x]!;
      const i = row * side + column;
      const upper = first[i]! + (first[i + 1]! - first[i]!) * fx;
      const lower = first[i + side]! + (first[i + side + 1]! - first[i + side]!) * fx;
      values[y * side + x] = upper + (lower - upper) * rows.share[y]!;
    }
  }
  const [left, right] = inside(columns.before, stride);
  const [top, bottom] = inside(rows.before, stride);
  return { values, frame: { left, top, right, bottom } };
}

function inside(before: Int32Array, stride: number): readonly [from: number, to: number] {
  let from = 0;
  while (from < side && before[from]! < 0) from += stride;
  let to = side;
  while (to > from && before[to - 1]! < 0) to--;
  return [from, to];
}
