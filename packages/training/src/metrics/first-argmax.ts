/** The first of the greatest of `count` values from `at` on, counted from there. */
export function firstArgmax(values: ArrayLike<number>, at: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i += 1) if (values[at + i]! > values[at + best]!) best = i;
  return best;
}
