import type { LogitsShape, SoftmaxCrossEntropyShape, SoftmaxShape, WeightedCrossEntropyShape } from "../src/shape.ts";

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

/** A row's share of the mean, as the kernel rounds it: the weight over the rows, or over the sum of the weights. */
function sharesOfRows({ N, reduction }: WeightedCrossEntropyShape, { weights }: Tensors): number[] {
  const sum = Array.from(weights).reduce((total, weight) => total + weight, 0);
  const kept = reduction === "mean_all" ? N : sum;
  return Array.from(weights, (weight) => (kept === 0 ? 0 : weight / kept));
}

/** Each row's bound by its share, and the sum of the weights adds N roundings. */
export function weightedLossTolerance(shape: WeightedCrossEntropyShape, inputs: Tensors) {
  const shares = sharesOfRows(shape, inputs);
  const bounds = shares.map((share, n) => {
    const { shifted, logSum, sumError } = rowOf(shape, inputs.logits, n);
    const logError = sumError + logBound + 8 * unit * logSum;
    return sharesOf(shape, inputs, n).reduce((total, part, c) => {
      const magnitude = part * (Math.abs(shifted[c]) + logSum);
      return total + share * (part * logError + (sumBound(shape.C) + 2 * sumBound(shape.N)) * magnitude);
    }, 0);
  });
  return { loss: bounds.reduce((total, bound) => total + bound, 0) };
}

export function weightedGradientTolerance(shape: WeightedCrossEntropyShape, inputs: Tensors) {
  const { C, N } = shape;
  const shares = sharesOfRows(shape, inputs);
  // `gradientTolerance` has 1 / N for the share, and nothing for the sum of the weights.
  const { dLogits } = gradientTolerance(shape, inputs);
  return {
    dLogits: dLogits.map(
      (bound, i) =>
        bound * N * shares[Math.floor(i / C)] * (1 + sumBound(N)) +
        sumBound(N) * shares[Math.floor(i / C)] * Math.abs(inputs.dLoss[0]) +
        smallest,
    ),
  };
}

/** The exponentials' and their sum's, at logits divided by the temperature. */
export function softmaxTolerance({ N, C, temperature }: SoftmaxShape, { logits }: Tensors) {
  const divided = Float64Array.from(logits, (logit) => logit / temperature);
  const probabilities = new Float64Array(N * C);
  for (let n = 0; n < N; n++) {
    const { shifted, probabilities: shares, sumError } = rowOf({ N, C }, divided, n);
    // The quotient's rounding moves the exponent.
    const bound = (c: number): number => expBound(shifted[c]) + 4 * unit * Math.abs(shifted[c]);
    const sum = sumError + shares.reduce((total, share, c) => total + share * 4 * unit * Math.abs(shifted[c]), 0);
    for (let c = 0; c < C; c++) probabilities[n * C + c] = shares[c] * (bound(c) + sum + 8 * unit) + smallest;
  }
  return { probabilities };
}

/** Classes must be equal. */
export function topOneTolerance(shape: LogitsShape, { logits }: Tensors, { probabilities }: Tensors) {
  const bound = (n: number): number => probabilities[n] * (rowOf(shape, logits, n).sumError + 8 * unit);
  return { probabilities: Float64Array.from(probabilities, (_, n) => bound(n)) };
}
