/** What train.py writes. */
export interface TorchRun {
  readonly version: string;
  /** By step. `float64Moved` starts from weights that are off by up to half a unit in float32's last place. */
  readonly losses: Readonly<Record<"float64" | "float32" | "float32WithoutOneDnn" | "float64Moved", readonly number[]>>;
  /** By step: ReLU outputs that are 0 in float32 and not in float64, or the other way round. */
  readonly maskFlips: readonly number[];
  /** ReLU outputs of one step. */
  readonly reluInputs: number;
  /** The loss of one step from PyTorch's float32 weights, in both precisions. */
  readonly snapshots: readonly { readonly step: number; readonly float64: number; readonly float32: number }[];
}

/** |a - b| / |b|; NaN where either is not finite. */
export const relativeDifference = (a: number, b: number): number => Math.abs(a - b) / Math.abs(b);

export interface Difference {
  readonly max: number;
  readonly mean: number;
  readonly byStep: readonly number[];
}

/** Two loss curves, held step by step against the second. @throws where a loss is not finite or one is longer */
export function differenceOf(losses: readonly number[], reference: readonly number[]): Difference {
  if (losses.length !== reference.length) throw new Error(`${losses.length} losses against ${reference.length}`);
  const byStep = losses.map((loss, step) => relativeDifference(loss, reference[step]!));
  const wrong = byStep.findIndex((difference) => !Number.isFinite(difference));
  if (wrong >= 0) throw new Error(`the loss of step ${wrong} is ${losses[wrong]} against ${reference[wrong]}`);
  return { max: Math.max(...byStep), mean: byStep.reduce((a, b) => a + b) / byStep.length, byStep };
}

export interface Agreement {
  /** ||ours - theirs|| / ||theirs|| over all logits. */
  readonly relativeError: number;
  readonly samePredictions: number;
  readonly images: number;
}

const argmax = (row: Float32Array): number => row.indexOf(Math.max(...row));

/** Two programs' logits [N,classes] from the same weights and images. @throws where they are not finite */
export function agreementOf(ours: Float32Array, theirs: Float32Array, classes: number): Agreement {
  if (ours.length !== theirs.length) throw new Error(`${ours.length} logits against ${theirs.length}`);
  const norm = (values: Float32Array): number => Math.hypot(...values);
  const relativeError = norm(ours.map((value, i) => value - theirs[i]!)) / norm(theirs);
  if (!Number.isFinite(relativeError)) throw new Error("a logit is not finite");
  const images = ours.length / classes;
  const row = (values: Float32Array, n: number): Float32Array => values.subarray(n * classes, (n + 1) * classes);
  const samePredictions = Array.from(
    { length: images },
    (_, n) => argmax(row(ours, n)) === argmax(row(theirs, n)),
  ).filter(Boolean).length;
  return { relativeError, samePredictions, images };
}

export interface Measured {
  readonly differences: { readonly ours: Difference; readonly torchFloat32: Difference };
  readonly singleSteps: readonly { readonly step: number; readonly ours: number }[];
  readonly checkpoints: Readonly<Record<string, Agreement>>;
}

/** Of a loss or of logits from equal weights, in float32 against another order of summation or float64. */
const sameWeightsTolerance = 2e-5;

/** What is further off than float32 explains; curves that part are not, as long as PyTorch's own part as far. */
export function shortcomings({ differences: { ours, torchFloat32 }, singleSteps, checkpoints }: Measured): string[] {
  const found: string[] = [];
  const hold = (what: string, error: number, tolerance: number): void => {
    if (!(error <= tolerance)) found.push(`${what} is off by ${error}, more than ${tolerance}`);
  };
  hold("the mean of our losses", ours.mean, Math.max(3 * torchFloat32.mean, sameWeightsTolerance));
  for (const { step, ours: error } of singleSteps)
    hold(`our loss from PyTorch's weights at step ${step}`, error, sameWeightsTolerance);
  for (const [name, { relativeError, samePredictions, images }] of Object.entries(checkpoints)) {
    hold(`checkpoint ${name}`, relativeError, sameWeightsTolerance);
    if (samePredictions !== images)
      found.push(`checkpoint ${name}: ${images - samePredictions} of ${images} predictions differ`);
  }
  return found;
}
