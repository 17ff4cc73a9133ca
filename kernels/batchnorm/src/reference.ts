import { rowCount } from "./shape.ts";
import type { BatchnormApplyShape, BatchnormBackwardShape, BatchnormStatisticsShape } from "./shape.ts";

/** Tensors by the names in the kernel's `tensors`. */
type Tensors = Readonly<Record<string, ArrayLike<number>>>;

/**
 * Mean and biased variance of every channel, and the running statistics after this batch, which take the unbiased
 * variance, n / (n - 1). PyTorch: `torch.nn.BatchNorm2d` in train mode.
 */
export function statisticsReference(
  shape: BatchnormStatisticsShape,
  { x, runningMean, runningVariance }: Tensors,
): Record<string, Float64Array> {
  const { C, momentum } = shape;
  const rows = rowCount(shape);
  const sum = new Float64Array(C);
  const squares = new Float64Array(C);
  for (let r = 0; r < rows; r++) for (let c = 0; c < C; c++) sum[c] += x[r * C + c];
  const mean = sum.map((value) => value / rows);
  for (let r = 0; r < rows; r++) for (let c = 0; c < C; c++) squares[c] += (x[r * C + c] - mean[c]) ** 2;
  const variance = squares.map((value) => value / rows);
  const blend = (old: number, now: number): number => (1 - momentum) * old + momentum * now;
  return {
    mean,
    variance,
    runningMean: mean.map((value, c) => blend(runningMean[c], value)),
    runningVariance: variance.map((value, c) => blend(runningVariance[c], (value * rows) / (rows - 1))),
  };
}

/** out = relu?((x - mean) / sqrt(variance + epsilon) * weight + bias [+ residual]), channel by channel. */
export function applyReference(
  shape: BatchnormApplyShape,
  { x, mean, variance, weight, bias, residual }: Tensors,
): Record<string, Float64Array> {
  const { C } = shape;
  const out = new Float64Array(rowCount(shape) * C);
  for (let i = 0; i < out.length; i++) {
    const c = i % C;
    let value = ((x[i] - mean[c]) / Math.sqrt(variance[c] + shape.epsilon)) * weight[c] + bias[c];
    if (shape.residual) value += residual[i];
    out[i] = shape.relu && value < 0 ? 0 : value;
  }
  return { out };
}

/**
 * Gradients of `applyReference` for the upstream gradient dOut. Unless `frozen`, mean and variance are those of x, and
 * the gradient flows through them too (Ioffe and Szegedy 2015, section 3). ReLU's derivative at 0 is 0; its mask comes
 * from gate, which with `residual` is the forward's result, and else the bias.
 */
export function backwardReference(
  shape: BatchnormBackwardShape,
  { x, mean, variance, weight, gate, dOut }: Tensors,
): Record<string, Float64Array> {
  const { C } = shape;
  const rows = rowCount(shape);
  const dX = new Float64Array(rows * C);
  const dResidual = new Float64Array(rows * C);
  const dWeight = new Float64Array(C);
  const dBias = new Float64Array(C);
  const inverseDeviation = (c: number): number => 1 / Math.sqrt(variance[c] + shape.epsilon);
  const normalised = (i: number): number => (x[i] - mean[i % C]) * inverseDeviation(i % C);
  for (let i = 0; i < rows * C; i++) {
    const result = shape.relu && (shape.residual ? gate[i] : normalised(i) * weight[i % C] + gate[i % C]);
    dResidual[i] = result !== false && result <= 0 ? 0 : dOut[i];
    dWeight[i % C] += dResidual[i] * normalised(i);
    dBias[i % C] += dResidual[i];
  }
  for (let i = 0; i < rows * C; i++) {
    const c = i % C;
    const throughStatistics = shape.frozen ? 0 : (dBias[c] + normalised(i) * dWeight[c]) / rows;
    dX[i] = weight[c] * inverseDeviation(c) * (dResidual[i] - throughStatistics);
  }
  return { dX, dWeight, dBias, ...(shape.residual ? { dResidual } : {}) };
}
