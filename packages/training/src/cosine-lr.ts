export interface CosineLrOptions {
  /** Learning rate that the warm-up ends at. */
  readonly peak: number;
  /** Learning rate that the cosine falls to. */
  readonly final: number;
  /** Epochs or steps of the warm-up, in the unit of `total`; 0: none. */
  readonly warmup: number;
  /** Epochs or steps of the whole training. */
  readonly total: number;
  /** Where the linear warm-up begins, as a share of the peak. */
  readonly warmupStart: number;
  /**
   * "after_warmup": the cosine begins where the warm-up ends (torch's LinearLR and CosineAnnealingLR through
   * SequentialLR). "over_all": it runs over the whole training and the warm-up covers its beginning (official Noisy
   * Student's cosine option, with final and warmupStart 0), so that the rate jumps down a little where it ends.
   */
  readonly rule: "after_warmup" | "over_all";
}

function check({ peak, final, warmup, total, warmupStart }: CosineLrOptions): void {
  for (const [name, value] of Object.entries({ peak, final, warmupStart })) {
    if (!(value >= 0 && value < Infinity))
      throw new RangeError(`cosineLr: ${name} is ${value}; give a finite number, 0 or above`);
  }
  if (!Number.isInteger(total) || total < 1)
    throw new RangeError(`cosineLr: total is ${total}; give a whole number of epochs or steps, 1 or above`);
  if (!Number.isInteger(warmup) || warmup < 0 || warmup > total) {
    throw new RangeError(
      `cosineLr: warmup is ${warmup}; give a whole number from 0 to the ${total} of the whole training`,
    );
  }
}

/**
 * A half cosine from `peak` to `final` with a linear warm-up before it.
 * @returns the learning rate used during an epoch or step, counted from 0
 * @throws RangeError naming the argument and the mend
 */
export function cosineLr(options: CosineLrOptions): (at: number) => number {
  check(options);
  const { peak, final, warmup, total, warmupStart, rule } = options;
  const begin = rule === "after_warmup" ? warmup : 0;
  return (at) => {
    if (!Number.isInteger(at) || at < 0) throw new RangeError(`cosineLr: at is ${at}; give a whole number from 0`);
    if (at < warmup) return peak * (warmupStart + ((1 - warmupStart) * at) / warmup);
    return final + ((peak - final) / 2) * (1 + Math.cos((Math.PI * (at - begin)) / (total - begin)));
  };
}
