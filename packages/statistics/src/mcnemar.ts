import { atMostFairCoins, fairCoins } from "./distributions.ts";

export interface McNemar {
  /** Images that only the first, or only the second, has right. */
  readonly onlyA: number;
  readonly onlyB: number;
  /** Two-sided: the binomial test of `onlyA` among both. */
  readonly exact: number;
  /** The mid-p value, which is less conservative (Fagerland et al. 2013). */
  readonly mid: number;
}

/**
 * McNemar's test of two models on the same images, by the images that one of them alone has right. Where there is none,
 * p is 1. It says whether these two trained models differ, not whether their methods do.
 * @param a whether the first has each image right: true or 1
 * @throws RangeError where the lengths differ
 */
export function mcnemar(a: ArrayLike<number | boolean>, b: ArrayLike<number | boolean>): McNemar {
  if (a.length !== b.length) throw new RangeError(`mcnemar: answers for ${a.length} and for ${b.length} images`);
  let [onlyA, onlyB] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    if (a[i] && !b[i]) onlyA += 1;
    if (b[i] && !a[i]) onlyB += 1;
  }
  const [discordant, least] = [onlyA + onlyB, Math.min(onlyA, onlyB)];
  if (discordant === 0) return { onlyA, onlyB, exact: 1, mid: 1 };
  const tail = 2 * atMostFairCoins(least, discordant);
  return { onlyA, onlyB, exact: Math.min(1, tail), mid: Math.min(1, tail - fairCoins(least, discordant)) };
}
