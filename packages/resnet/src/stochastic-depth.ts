/** How drop rates rise from block to block, see `dropPathRates`. */
export const dropPathRules = ["index_over_count", "index_over_last", "one_based"] as const;

export type DropPathRule = (typeof dropPathRules)[number];

/** Stochastic depth (Huang et al. 2016, arXiv 1603.09382): residual branches that are left out by chance in training. */
export interface StochasticDepth {
  /** The rate that the last block reaches or nears; 0 for none. Noisy Student drops 0.2: a survival of 0.8. */
  readonly rate: number;
  readonly rule: DropPathRule;
}

const ofBlock: Readonly<Record<DropPathRule, (i: number, L: number) => number>> = {
  index_over_count: (i, L) => i / L,
  index_over_last: (i, L) => (L === 1 ? 0 : i / (L - 1)),
  one_based: (i, L) => (i + 1) / L,
};

/**
 * The drop rate of each block, counted through all stages, i = 0 .. L - 1, L = sum(depths); survival is 1 - rate:
 *
 * - `index_over_count`: rate * i / L, as Noisy Student's code, and EfficientNet in torchvision and timm: the last block
 *   does not reach `rate`;
 * - `index_over_last`: rate * i / (L - 1), 0 if L = 1, as timm's ResNet;
 * - `one_based`: rate * (i + 1) / L, as the stochastic depth paper and Noisy Student's text ("0.8 for the final layer").
 *
 * @param depths blocks of each stage
 * @throws RangeError where a depth is no whole number from 1, or the rate not in 0 to 1
 */
export function dropPathRates(rule: DropPathRule, depths: readonly number[], rate: number): number[] {
  const wrong = depths.find((depth) => !Number.isSafeInteger(depth) || depth < 1);
  if (wrong !== undefined) throw new RangeError(`dropPathRates: depths hold ${wrong}; give whole numbers from 1`);
  if (!(rate >= 0 && rate <= 1)) throw new RangeError(`dropPathRates: rate is ${rate}; it must lie between 0 and 1`);
  const L = depths.reduce((sum, depth) => sum + depth, 0);
  return Array.from({ length: L }, (_, i) => rate * ofBlock[rule](i, L));
}
