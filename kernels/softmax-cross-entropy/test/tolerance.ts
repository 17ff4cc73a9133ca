import type { LogitsShape, SoftmaxCrossEntropyShape } from "../src/shape.ts";

/** Half a unit in the last place of 1. */
const unit = 2 ** -24;
/** What WGSL allows `log` near 1, where the sums of exponentials begin. */
const logBound = 2 ** -21;
/** Smaller numbers may be flushed to zero. */
const smallest = 2 ** -126;

type Tensors = Readonly<Record<string, ArrayLike<number>>>;

/**
 * The most that adding terms up one after another can lose, relative to their magnitudes, and 8 for the operations on
 * each. The errors of coarse logits do not cancel as a random walk's do: equal terms round alike.
 */
const sumBound = (terms: number): number => (8 + terms) * unit;

/** WGSL allows exp(x) an error of 3 + 2 |x| units in the last place. */
const expBound = (x: number): number => (3 + 2 * Math.abs(x)) * 2 * unit;

interface Row {
  readonly shifted: readonly number[];
  readonly probabilities: readonly number[];
  readonly logSum: number;
  /** Relative error of the row's sum of exponentials. */
  readonly sumError: number;
}

function rowOf({ C }: LogitsShape, logits: ArrayLike<number>, n: number): Row {
  const row = Array.from({ length: C }, (_, c) => logits[n * C + c]);
  const largest = Math.max(...row);
  const shifted = row.map((value) => value - largest);
  const sum = shifted.reduce((total, value) => total + Math.exp(value), 0);
  const probabilities = shifted.map((value) => Math.exp(value) / sum);
  const sumError = sumBound(C) + probabilities.reduce((total, p, c) => total + p * expBound(shifted[c]), 0);
  return { shifted, probabilities, logSum: Math.log(sum), sumError };
}

function sharesOf(
  { C, target, labelSmoothing }: SoftmaxCrossEntropyShape,
  { labels, targets }: Tensors,
  n: number,
): number[] {
  return Array.from({ length: C }, (_, c) => {
    const given = target === "soft" ? targets[n * C + c] : Number(labels[n] === c);
    return (1 - labelSmoothing) * given + labelSmoothing / C;
  });
}

export function lossTolerance(shape: SoftmaxCrossEntropyShape, inputs: Tensors) {
  const { N, C } = shape;
  let loss = 0;
  for (let n = 0; n < N; n++) {
    const { shifted, logSum, sumError } = rowOf(shape, inputs.logits, n);
    const logError = sumError + logBound + 8 * unit * logSum;
    sharesOf(shape, inputs, n).forEach((share, c) => {
      const magnitude = share * (Math.abs(shifted[c]) + logSum);
      loss += (share * logError + (sumBound(C) + sumBound(N)) * magnitude) / N;
    });
  }
  return { loss };
}

export function gradientTolerance(shape: SoftmaxCrossEntropyShape, inputs: Tensors) {
  const { N, C } = shape;
  const scale = Math.abs(inputs.dLoss[0]) / N;
  const dLogits = new Float64Array(N * C);
  for (let n = 0; n < N; n++) {
    const { shifted, probabilities, sumError } = rowOf(shape, inputs.logits, n);
    const shares = sharesOf(shape, inputs, n);
    const total = shares.reduce((sum, share) => sum + share, 0);
    for (let c = 0; c < C; c++) {
      const relative = expBound(shifted[c]) + sumError + sumBound(C) + 8 * unit;
      dLogits[n * C + c] = scale * (probabilities[c] * total * relative + 8 * unit * shares[c]) + smallest;
    }
  }
  return { dLogits };
}

/** Classes must be equal. */
export function topOneTolerance(shape: LogitsShape, { logits }: Tensors, { probabilities }: Tensors) {
  const bound = (n: number): number => probabilities[n] * (rowOf(shape, logits, n).sumError + 8 * unit);
  return { probabilities: Float64Array.from(probabilities, (_, n) => bound(n)) };
}
