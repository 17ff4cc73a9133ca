import type { LogitsShape, SoftmaxCrossEntropyShape, SoftmaxShape, WeightedCrossEntropyShape } from "../src/shape.ts";

type Uniform = () => number;

/**
 * Rows as a network gives them: near 0, sure of one class, shifted by 10000 or -10000, and coarse with many equal
 * values; with an outlier now and then.
 */
function logits({ N, C }: LogitsShape, uniform: Uniform): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: N * C }, (_, i) => {
    const row = Math.floor(i / C);
    const kind = row % 4;
    if (kind === 3) return Math.round(2 * uniform()) / 2;
    const outlier = i % 89 === 7 ? 15 : 1;
    return [0, -2, row % 8 < 4 ? 10000 : -10000][kind] + [1, 10, 5][kind] * outlier * uniform();
  });
}

const anyClass = (C: number, uniform: Uniform): number => Math.floor(((uniform() + 1) / 2) * C);

export function lossInputs(shape: SoftmaxCrossEntropyShape, uniform: Uniform) {
  const { N, C, target } = shape;
  const soft = target === "soft";
  return {
    logits: logits(shape, uniform),
    // Shares need not add up to 1: the gradient must not take that for granted.
    ...(soft ? { targets: Float32Array.from({ length: N * C }, () => (1 + uniform()) / C) } : {}),
    ...(soft ? {} : { labels: Int32Array.from({ length: N }, () => anyClass(C, uniform)) }),
  };
}

export const gradientInputs = (shape: SoftmaxCrossEntropyShape, uniform: Uniform) => ({
  ...lossInputs(shape, uniform),
  dLoss: Float32Array.of(-1.7),
});

export const topOneInputs = (shape: LogitsShape, uniform: Uniform) => ({ logits: logits(shape, uniform) });

/** Half of the labels are right, and some are no class at all. */
export function countInputs(shape: LogitsShape, uniform: Uniform) {
  const { N, C } = shape;
  const values = logits(shape, uniform);
  const labels = Int32Array.from({ length: N }, (_, n) => {
    if (n % 5 === 4) return n % 2 === 0 ? C : -100;
    const row = values.subarray(n * C, (n + 1) * C);
    return uniform() < 0 ? anyClass(C, uniform) : row.indexOf(Math.max(...row));
  });
  return { logits: values, labels };
}

/** Weights of 0, 1 and between. */
const weights = ({ N }: LogitsShape, uniform: Uniform): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: N }, (_, n) => [1, 0, (1 + uniform()) / 2, 0.25][n % 4]);

export const weightedLossInputs = (shape: WeightedCrossEntropyShape, uniform: Uniform) => ({
  ...lossInputs(shape, uniform),
  weights: weights(shape, uniform),
});

export const weightedGradientInputs = (shape: WeightedCrossEntropyShape, uniform: Uniform) => ({
  ...gradientInputs(shape, uniform),
  weights: weights(shape, uniform),
});

export const softmaxInputs = (shape: SoftmaxShape, uniform: Uniform) => ({ logits: logits(shape, uniform) });

/** A third of the rows is exactly as sure as it must be. */
export function confidenceInputs({ N, C }: LogitsShape, uniform: Uniform) {
  const probabilities = Float32Array.from({ length: N * C }, () => (1 + uniform()) / 2);
  const classes = Int32Array.from({ length: N }, () => anyClass(C, uniform));
  const thresholds = Float32Array.from({ length: C }, () => (1 + uniform()) / 2);
  classes.forEach((label, n) => {
    if (n % 3 === 0) probabilities[n * C + label] = thresholds[label];
  });
  return { probabilities, classes, thresholds };
}
