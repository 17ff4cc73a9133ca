import { studentQuantile, studentShare } from "./distributions.ts";
import { checkLevel, type Interval } from "./interval.ts";
import { differences, mean, standardDeviation } from "./moments.ts";

/** Student's interval of a mean: `mean -+ t(n - 1) * deviation / sqrt(n)`. Of a single value both ends are infinite. */
export function tInterval(values: readonly number[], level = 0.95): Interval {
  checkLevel(level);
  const centre = mean(values);
  if (values.length === 1) return { low: -Infinity, high: Infinity };
  const reach =
    (studentQuantile((1 + level) / 2, values.length - 1) * standardDeviation(values)) / Math.sqrt(values.length);
  return { low: centre - reach, high: centre + reach };
}

/**
 * The paired t-test of `a - b` (scipy.stats.ttest_rel), two-sided. Where all differences are equal, t is infinite and
 * p is 0, or where they are all 0, t is 0 and p is 1.
 * @throws RangeError where the lengths differ or there are fewer than two pairs
 */
export function pairedT(a: readonly number[], b: readonly number[]): { readonly t: number; readonly p: number } {
  const d = differences(a, b);
  if (d.length < 2) throw new RangeError(`pairedT: ${d.length} pairs have no deviation; give two or more`);
  const centre = mean(d);
  if (centre === 0) return { t: 0, p: 1 };
  const t = centre / (standardDeviation(d) / Math.sqrt(d.length));
  return { t, p: Number.isFinite(t) ? 2 * studentShare(-Math.abs(t), d.length - 1) : 0 };
}
