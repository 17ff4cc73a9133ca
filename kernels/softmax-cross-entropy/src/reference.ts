import type { LogitsShape, SoftmaxCrossEntropyShape, SoftmaxShape, WeightedCrossEntropyShape } from "./shape.ts";

/** Tensors by the names in the kernel's `tensors`. */
type Tensors = Readonly<Record<string, ArrayLike<number>>>;

/** First index of the largest logit of row n; the first NaN is larger than any number, as in `torch.argmax`. */
function largestClass({ C }: LogitsShape, logits: ArrayLike<number>, n: number): number {
  let best = 0;
  for (let c = 1; c < C; c++) {
    const value = logits[n * C + c];
    const largest = logits[n * C + best];
    if (value > largest || (Number.isNaN(value) && !Number.isNaN(largest))) best = c;
  }
  return best;
}

/** log(softmax) of row n: (x - max) - log(sum(exp(x - max))). */
function logSoftmax(shape: LogitsShape, logits: ArrayLike<number>, n: number): Float64Array {
  const { C } = shape;
  const largest = logits[n * C + largestClass(shape, logits, n)];
  const result = new Float64Array(C);
  let sum = 0;
  for (let c = 0; c < C; c++) {
    result[c] = logits[n * C + c] - largest;
    sum += Math.exp(result[c]);
  }
  const logSum = Math.log(sum);
  for (let c = 0; c < C; c++) result[c] -= logSum;
  return result;
}

/** Share of class c in the smoothed target of example n; NaN where the label is no class. */
function share(shape: SoftmaxCrossEntropyShape, { labels, targets }: Tensors, n: number, c: number): number {
  const { C, target, labelSmoothing } = shape;
  if (target === "hard" && !(labels[n] >= 0 && labels[n] < C)) return NaN;
  const given = target === "soft" ? targets[n * C + c] : Number(labels[n] === c);
  return (1 - labelSmoothing) * given + labelSmoothing / C;
}

/**
 * loss = -sum(share * logsoftmax(logits)) / N. A class without a share does not count, whatever its logit.
 * PyTorch: `torch.nn.functional.cross_entropy`, reduction "mean".
 */
export function lossReference(shape: SoftmaxCrossEntropyShape, inputs: Tensors): Record<string, Float64Array> {
  const { N, C } = shape;
  let loss = 0;
  for (let n = 0; n < N; n++) {
    const logProbabilities = logSoftmax(shape, inputs.logits, n);
    for (let c = 0; c < C; c++) {
      const part = share(shape, inputs, n, c);
      if (part !== 0) loss -= (part * logProbabilities[c]) / N;
    }
  }
  return { loss: Float64Array.of(loss) };
}

/** dLogits = dLoss / N * (softmax(logits) * sum(shares) - share): the gradient of `lossReference`. */
export function gradientReference(shape: SoftmaxCrossEntropyShape, inputs: Tensors): Record<string, Float64Array> {
  const { N, C } = shape;
  const dLogits = new Float64Array(N * C);
  for (let n = 0; n < N; n++) {
    const logProbabilities = logSoftmax(shape, inputs.logits, n);
    let shares = 0;
    for (let c = 0; c < C; c++) shares += share(shape, inputs, n, c);
    for (let c = 0; c < C; c++) {
      const difference = Math.exp(logProbabilities[c]) * shares - share(shape, inputs, n, c);
      dLogits[n * C + c] = (inputs.dLoss[0] / N) * difference;
    }
  }
  return { dLogits };
}

/** What the weighted sum of the rows is divided by. */
const keptOf = ({ N, reduction }: WeightedCrossEntropyShape, { weights }: Tensors): number =>
  reduction === "mean_all" ? N : Array.from(weights).reduce((sum, weight) => sum + weight, 0);

/** Row n of a batch by itself: a loss's mean over it is its own. */
function rowOf(shape: WeightedCrossEntropyShape, inputs: Tensors, n: number): [SoftmaxCrossEntropyShape, Tensors] {
  const { C } = shape;
  const { logits, labels, targets, dLoss } = inputs;
  const of = (values: ArrayLike<number>): number[] => Array.from({ length: C }, (_, c) => values[n * C + c]);
  return [
    { ...shape, N: 1 },
    {
      logits: of(logits),
      ...(shape.target === "soft" ? { targets: of(targets) } : { labels: [labels[n]] }),
      ...(dLoss ? { dLoss } : {}),
    },
  ];
}

/** loss = sum of weights * the rows' own losses / N, or / sum of weights; 0 where that sum is 0. */
export function weightedLossReference(shape: WeightedCrossEntropyShape, inputs: Tensors): Record<string, Float64Array> {
  const kept = keptOf(shape, inputs);
  let loss = 0;
  for (let n = 0; n < shape.N; n++) {
    const weight = inputs.weights[n];
    if (weight !== 0) loss += weight * lossReference(...rowOf(shape, inputs, n)).loss[0];
  }
  return { loss: Float64Array.of(kept === 0 ? 0 : loss / kept) };
}

/** The gradient of `weightedLossReference`. */
export function weightedGradientReference(
  shape: WeightedCrossEntropyShape,
  inputs: Tensors,
): Record<string, Float64Array> {
  const { N, C } = shape;
  const kept = keptOf(shape, inputs);
  const dLogits = new Float64Array(N * C);
  for (let n = 0; n < N; n++) {
    const weight = inputs.weights[n];
    if (weight === 0 || kept === 0) continue;
    const { dLogits: ofRow } = gradientReference(...rowOf(shape, inputs, n));
    for (let c = 0; c < C; c++) dLogits[n * C + c] = (weight / kept) * ofRow[c];
  }
  return { dLogits };
}

/** exp((logits - max) / temperature) over its sum: `torch.softmax(logits / temperature, dim=1)`. */
export function softmaxReference(shape: SoftmaxShape, { logits }: Tensors): Record<string, Float64Array> {
  const { N, C, temperature } = shape;
  const probabilities = new Float64Array(N * C);
  for (let n = 0; n < N; n++) {
    const largest = logits[n * C + largestClass(shape, logits, n)];
    const row = Array.from({ length: C }, (_, c) => Math.exp((logits[n * C + c] - largest) / temperature));
    const sum = row.reduce((total, value) => total + value, 0);
    row.forEach((value, c) => (probabilities[n * C + c] = value / sum));
  }
  return { probabilities };
}

/** The probability of each row's class, and whether it is at least the class's threshold; NaN where it is no number. */
export function confidenceReference({ N, C }: LogitsShape, inputs: Tensors): Record<string, Float64Array> {
  const { probabilities, classes, thresholds } = inputs;
  const confidences = new Float64Array(N);
  const kept = new Float64Array(N);
  for (let n = 0; n < N; n++) {
    const label = classes[n];
    confidences[n] = label >= 0 && label < C ? probabilities[n * C + label] : NaN;
    kept[n] = Number.isNaN(confidences[n]) ? NaN : Number(confidences[n] >= thresholds[label]);
  }
  return { confidences, kept };
}

/** The class with the largest logit, the first of equals, and its softmax probability. */
export function topOneReference(shape: LogitsShape, { logits }: Tensors): Record<string, Float64Array> {
  const classes = new Float64Array(shape.N);
  const probabilities = new Float64Array(shape.N);
  for (let n = 0; n < shape.N; n++) {
    classes[n] = largestClass(shape, logits, n);
    probabilities[n] = Math.exp(logSoftmax(shape, logits, n)[classes[n]]);
  }
  return { classes, probabilities };
}

/** How many rows have their label as top class. */
export function countCorrectReference(shape: LogitsShape, { logits, labels }: Tensors): Record<string, Float64Array> {
  let correct = 0;
  for (let n = 0; n < shape.N; n++) correct += Number(largestClass(shape, logits, n) === labels[n]);
  return { correct: Float64Array.of(correct) };
}
