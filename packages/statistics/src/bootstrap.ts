import { random } from "@fledge/random";
import { normalQuantile, normalShare } from "./distributions.ts";
import { checkLevel, type Interval } from "./interval.ts";
import { mean, quantile } from "./moments.ts";

export interface Bootstrap {
  readonly mean: number;
  /** Of each resample, in its order. */
  readonly means: Float64Array<ArrayBuffer>;
  /** How far the median of the resamples lies from the mean, as a normal quantile. */
  readonly z0: number;
  readonly acceleration: number;
  /** Bias-corrected and accelerated. */
  readonly interval: Interval;
  readonly percentile: Interval;
}

/**
 * The BCa bootstrap of a mean (Efron 1987; scipy.stats.bootstrap's method "BCa").
 * @param resamples places in `values`, `values.length` of them for each resample, one resample after the other
 * @throws RangeError where there are no values or no whole resamples
 */
export function bootstrapBca(values: readonly number[], resamples: ArrayLike<number>, level = 0.95): Bootstrap {
  checkLevel(level);
  const n = values.length;
  const observed = mean(values);
  const count = resamples.length / n;
  if (!(Number.isInteger(count) && count >= 1))
    throw new RangeError(`bootstrapBca: ${resamples.length} places are no whole resamples of ${n} values`);
  const means = Float64Array.from({ length: count }, (_, resample) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[resamples[resample * n + i]!]!;
    return sum / n;
  });
  const ascending = means.toSorted();
  const between = (low: number, high: number): Interval => ({
    low: quantile(ascending, low),
    high: quantile(ascending, high),
  });
  const tail = (1 - level) / 2;
  const percentile = between(tail, 1 - tail);
  if (ascending[0] === ascending[count - 1])
    return { mean: observed, means, z0: 0, acceleration: 0, interval: percentile, percentile };
  const less = means.reduce((sum, value) => sum + (value < observed ? 1 : value === observed ? 0.5 : 0), 0);
  const z0 = normalQuantile(less / count);
  const u = values.map((value) => value - observed);
  const power = (exponent: number): number => u.reduce((sum, value) => sum + value ** exponent, 0);
  const acceleration = power(3) / (6 * power(2) ** 1.5);
  const share = (at: number): number => {
    const z = z0 + normalQuantile(at);
    return normalShare(z0 + z / (1 - acceleration * z));
  };
  return { mean: observed, means, z0, acceleration, interval: between(share(tail), share(1 - tail)), percentile };
}

/** Places for `count` resamples of `n` values, drawn with replacement: the same ones for a seed. */
export function resamplePlaces(n: number, count: number, seed: number): Int32Array<ArrayBuffer> {
  const stream = random(seed, "bootstrap");
  return Int32Array.from({ length: n * count }, () => stream.integer(0, n));
}
