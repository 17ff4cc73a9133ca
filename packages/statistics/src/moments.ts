/** The arithmetic mean. @throws RangeError where there is no value */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("mean: there are no values");
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The sample standard deviation, of n - 1 degrees of freedom; NaN for a single value. */
export function standardDeviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

/** `a[i] - b[i]`. @throws RangeError where the lengths differ */
export function differences(a: readonly number[], b: readonly number[]): number[] {
  if (a.length !== b.length)
    throw new RangeError(`paired values: ${a.length} and ${b.length} of them; give as many of one as of the other`);
  return a.map((value, index) => value - b[index]!);
}

/** The quantile of ascending values at `share`, linear between order statistics (numpy's and scipy's default). */
export function quantile(ascending: ArrayLike<number>, share: number): number {
  const place = share * (ascending.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, ascending.length - 1);
  return ascending[below]! + (place - below) * (ascending[above]! - ascending[below]!);
}
