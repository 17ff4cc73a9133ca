import type { LogitsShape, SoftmaxCrossEntropyShape } from "./shape.ts";

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
