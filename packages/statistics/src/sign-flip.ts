import { random } from "@fledge/random";
import { mean } from "./moments.ts";

/** Shares of the sign flips whose mean is at least, or at most, as extreme as the observed one, which is among them. */
export interface SignFlip {
  readonly greater: number;
  readonly less: number;
  readonly twoSided: number;
  /** Whether every flip was counted; otherwise they were drawn. */
  readonly exact: boolean;
}

/** Two sums of the same numbers in another order differ by rounding. */
const rounding = 1e-12;

/** Up to so many differences all 2^n flips are counted: 2^16 sums take milliseconds. */
const exactUpTo = 16;

/** Where flips are drawn, so many: the standard error of a p of 0.05 is then 0.0007. */
const draws = 100_000;

/** The sums of all 2^n flips. */
function* allSums(values: readonly number[]): Generator<number> {
  const n = values.length;
  for (let flips = 0; flips < 2 ** n; flips++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (flips >> i) & 1 ? -values[i]! : values[i]!;
    yield sum;
  }
}

function* drawnSums(values: readonly number[], seed: number): Generator<number> {
  yield values.reduce((sum, value) => sum + value, 0);
  const stream = random(seed, "sign flips");
  for (let draw = 1; draw < draws; draw++)
    yield values.reduce((sum, value) => sum + (stream.float() < 0.5 ? -value : value), 0);
}

/**
 * The sign-flip permutation test of paired differences, whose statistic is the mean: under the hypothesis that neither
 * of a pair is better, each difference is as likely of the other sign. Exact up to 16 differences, the observed signs
 * counted; beyond them 100,000 flips are drawn, the observed ones among them. Zeros stay.
 * @throws RangeError where there is no difference
 */
export function signFlip(differences: readonly number[], seed = 0): SignFlip {
  const n = differences.length;
  const observed = mean(differences) * n;
  const exact = n <= exactUpTo;
  let [count, greater, less, twoSided] = [0, 0, 0, 0];
  const slack = rounding * Math.max(1, ...differences.map(Math.abs)) * n;
  for (const sum of exact ? allSums(differences) : drawnSums(differences, seed)) {
    count += 1;
    if (sum >= observed - slack) greater += 1;
    if (sum <= observed + slack) less += 1;
    if (Math.abs(sum) >= Math.abs(observed) - slack) twoSided += 1;
  }
  return { greater: greater / count, less: less / count, twoSided: twoSided / count, exact };
}

/** The least two-sided p that `pairs` differences can give, 2 / 2^n: above 0.05 below six pairs. */
export const leastTwoSided = (pairs: number): number => Math.min(1, 2 / 2 ** pairs);
