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

/** A loss of rows that each have a weight. */
export interface WeightedCrossEntropyShape extends SoftmaxCrossEntropyShape {
  /**
   * What the weighted sum is divided by. `mean_all`: the number of rows. `mean_kept`: the sum of the weights; where that
   * is 0, loss and gradient are.
   */
  readonly reduction: "mean_all" | "mean_kept";
}

export interface SoftmaxShape extends LogitsShape {
  /** What logits are divided by: above 1 the shares draw together, below 1 they sharpen. */
  readonly temperature: number;
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

/** @throws RangeError naming the argument and the mend */
export function checkWeighted(kernel: string, shape: WeightedCrossEntropyShape): void {
  checkLoss(kernel, shape);
  const { reduction } = shape;
  if (reduction !== "mean_all" && reduction !== "mean_kept") {
    throw new RangeError(`${kernel}: reduction must be "mean_all" or "mean_kept", got ${JSON.stringify(reduction)}`);
  }
}

/** @throws RangeError naming the argument and the mend */
export function checkSoftmax(kernel: string, shape: SoftmaxShape): void {
  checkLogits(kernel, shape);
  const { temperature } = shape;
  if (!(temperature > 0 && temperature < Infinity)) {
    throw new RangeError(`${kernel}: temperature must be a number above 0, got ${temperature}`);
  }
}

/** A comparison for the largest logit, then per logit a difference, an exponential and a sum. */
export const softmaxFlops = ({ N, C }: LogitsShape): number => 4 * N * C;

/** Whether every class has a share in every target, so that each logit's own term counts. */
export const hasDenseTargets = ({ target, labelSmoothing }: SoftmaxCrossEntropyShape): boolean =>
  target === "soft" || labelSmoothing > 0;
