/** Logits [N, C]: a row for each of N examples, a column for each of C classes. */
export interface LogitsShape {
  readonly N: number;
  readonly C: number;
}

export interface SoftmaxCrossEntropyShape extends LogitsShape {
  /** `hard`: a class per example, `labels` i32[N]. `soft`: a distribution per example, `targets` f32[N, C]. */
  readonly target: "hard" | "soft";
  /** Share of every target that is spread evenly over the classes, 0 to 1; PyTorch's `label_smoothing`. */
  readonly labelSmoothing: number;
}

/** @throws RangeError naming the argument and the mend */
export function checkLogits(kernel: string, shape: LogitsShape): void {
  for (const name of ["N", "C"] as const) {
    const size = shape[name];
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new RangeError(`${kernel}: ${name} must be a whole number from 1 up, got ${size}`);
    }
  }
}

/** @throws RangeError naming the argument and the mend */
export function checkLoss(kernel: string, shape: SoftmaxCrossEntropyShape): void {
  checkLogits(kernel, shape);
  const { target, labelSmoothing } = shape;
  if (target !== "hard" && target !== "soft") {
    throw new RangeError(`${kernel}: target must be "hard" or "soft", got ${JSON.stringify(target)}`);
  }
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new RangeError(`${kernel}: labelSmoothing must lie between 0 and 1, got ${labelSmoothing}`);
  }
}

/** A comparison for the largest logit, then per logit a difference, an exponential and a sum. */
export const softmaxFlops = ({ N, C }: LogitsShape): number => 4 * N * C;

/** Whether every class has a share in every target, so that each logit's own term counts. */
export const hasDenseTargets = ({ target, labelSmoothing }: SoftmaxCrossEntropyShape): boolean =>
  target === "soft" || labelSmoothing > 0;
