import { differences, mean, standardDeviation } from "./moments.ts";

/** Effect sizes of paired values (Lakens 2013), in standard deviations of n - 1 degrees of freedom. */
export interface EffectSize {
  /** The mean difference over the standard deviation of the differences. */
  readonly dz: number;
  /** The mean difference over the mean of both standard deviations. */
  readonly dav: number;
  /** `dz` corrected for few pairs, `1 - 3 / (4 (n - 1) - 1)`; undefined for fewer than three. */
  readonly hedgesGz: number | undefined;
}

/** Cohen's d of `a - b`. @throws RangeError where the lengths differ or there are fewer than two pairs */
export function cohensD(a: readonly number[], b: readonly number[]): EffectSize {
  const d = differences(a, b);
  if (d.length < 2) throw new RangeError(`cohensD: ${d.length} pairs have no standard deviation; give two or more`);
  const dz = mean(d) / standardDeviation(d);
  const dav = mean(d) / ((standardDeviation(a) + standardDeviation(b)) / 2);
  return { dz, dav, hedgesGz: d.length > 2 ? dz * (1 - 3 / (4 * (d.length - 1) - 1)) : undefined };
}
