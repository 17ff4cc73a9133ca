export interface AverageRule {
  /**
   * "constant": the decay as it is, from the initial weights on. "tf_num_updates": the smaller of the decay and
   * (1 + n) / (10 + n) at update n, so that an early average is not held back by the initial weights (TensorFlow's
   * ExponentialMovingAverage with num_updates; official Noisy Student, decay 0.9999). "bias_corrected": divided by
   * 1 - decay^k after k updates, as Adam's moments are, so that the initial weights have no part in it.
   */
  readonly rule: "constant" | "tf_num_updates" | "bias_corrected";
  readonly decay: number;
  /** n of the first update for "tf_num_updates"; 1 where absent, as TensorFlow's global step has it after one step. */
  readonly firstUpdate?: number;
}

/** The decay of update number k, counted from 1; "bias_corrected" corrects afterwards. @throws RangeError */
export function averageDecay({ rule, decay, firstUpdate = 1 }: AverageRule, k: number): number {
  if (!(decay >= 0 && decay < 1)) throw new RangeError(`averageDecay: decay is ${decay}; give one from 0 and below 1`);
  if (!Number.isInteger(k) || k < 1)
    throw new RangeError(`averageDecay: the update is ${k}; give a whole number from 1`);
  const n = firstUpdate + k - 1;
  return rule === "tf_num_updates" ? Math.min(decay, (1 + n) / (10 + n)) : decay;
}

/**
 * The share of the way that update number k, counted from 1, moves an average to its value; 1 minus the decay. For
 * "bias_corrected" it is the share that moves one corrected average to the next: (1 - d) / (1 - d^k), 1 at first.
 * @throws RangeError
 */
export function averageWeight(rule: AverageRule, k: number): number {
  const decay = averageDecay(rule, k);
  // 1 - d^k, without losing what is small.
  return rule.rule === "bias_corrected" ? (1 - decay) / -Math.expm1(k * Math.log(decay)) : 1 - decay;
}
