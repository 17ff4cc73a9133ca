/**
 * P values adjusted for as many tests as there are, by Holm's step-down rule (Holm 1979; statsmodels' "holm"): one at
 * most `alpha` is rejected with a chance of at most `alpha` of any false rejection among all.
 * @throws RangeError where one lies outside 0 .. 1
 */
export function holm(pValues: readonly number[]): number[] {
  for (const p of pValues) if (!(p >= 0 && p <= 1)) throw new RangeError(`holm: ${p} is no p value`);
  const order = pValues.map((_, index) => index).sort((i, j) => pValues[i]! - pValues[j]! || i - j);
  const adjusted = pValues.map(() => 0);
  let most = 0;
  order.forEach((index, rank) => {
    most = Math.max(most, Math.min(1, (pValues.length - rank) * pValues[index]!));
    adjusted[index] = most;
  });
  return adjusted;
}
