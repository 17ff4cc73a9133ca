// @ts-expect-error: jstat brings no types; what is used of it is said below.
import jstat from "jstat";

interface Distribution<Parameters extends readonly number[]> {
  cdf(x: number, ...parameters: Parameters): number;
  inv(share: number, ...parameters: Parameters): number;
}

const { normal, studentt } = jstat.jStat as {
  readonly normal: Distribution<[mean: number, deviation: number]>;
  readonly studentt: Distribution<[degreesOfFreedom: number]>;
};

/** The standard normal distribution function. */
export const normalShare = (z: number): number => normal.cdf(z, 0, 1);

/** The standard normal quantile: -Infinity and Infinity at 0 and 1. */
export const normalQuantile = (share: number): number =>
  share === 0 ? -Infinity : share === 1 ? Infinity : normal.inv(share, 0, 1);

/** Student's distribution function. */
export const studentShare = (t: number, degreesOfFreedom: number): number => studentt.cdf(t, degreesOfFreedom);

export const studentQuantile = (share: number, degreesOfFreedom: number): number =>
  studentt.inv(share, degreesOfFreedom);

/** The chance of `k` heads of `n` fair coins. In logarithms: 2^-n is no number from n = 1075 on. */
export function fairCoins(k: number, n: number): number {
  let log = -n * Math.LN2;
  for (let i = 1; i <= k; i++) log += Math.log((n - k + i) / i);
  return Math.exp(log);
}

/** The chance of at most `k` heads of `n` fair coins. jstat's and lib-r-math's binomials are off: by rounding, and at k = 0. */
export function atMostFairCoins(k: number, n: number): number {
  let sum = 0;
  for (let i = 0; i <= k; i++) sum += fairCoins(i, n);
  return Math.min(1, sum);
}
