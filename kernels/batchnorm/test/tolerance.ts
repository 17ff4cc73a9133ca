import { rowCount } from "../src/shape.ts";
import type { BatchnormApplyShape, BatchnormBackwardShape, BatchnormStatisticsShape } from "../src/shape.ts";

/** Half a unit in the last place of 1. */
const unit = 2 ** -24;

type Tensors = Readonly<Record<string, ArrayLike<number>>>;

/**
 * The rounding errors of a sum of n terms behave like a random walk: about sqrt(n) units of the sum of magnitudes,
 * doubled here. The 4 stands for the few operations on each term.
 */
const sumBound = (terms: number): number => (4 + Math.sqrt(terms)) * 2 * unit;

/** A fixed number of roundings, `inverseSqrt` with its 2 ulp among them. */
const elementBound = 16 * unit;

const map = (length: number, value: (i: number) => number): Float64Array =>
  Float64Array.from({ length }, (_, i) => value(i));

/** Kernels sum differences from row 0, so the errors are relative to those. */
export function statisticsTolerance(
  shape: BatchnormStatisticsShape,
  { x, runningMean, runningVariance }: Tensors,
  expected: Tensors,
) {
  const { C, momentum } = shape;
  const rows = rowCount(shape);
  const bound = sumBound(rows);
  const first = new Float64Array(C);
  const second = new Float64Array(C);
  for (let i = 0; i < rows * C; i++) {
    const difference = Math.abs(x[i] - x[i % C]);
    first[i % C] += difference / rows;
    second[i % C] += difference ** 2 / rows;
  }
  const mean = map(C, (c) => bound * first[c] + 2 * unit * Math.abs(expected.mean[c]));
  const variance = map(C, (c) => bound * second[c]);
  const unbias = rows / (rows - 1);
  return {
    mean,
    variance,
    runningMean: map(C, (c) => {
      const magnitude = Math.abs(runningMean[c]) + Math.abs(expected.mean[c]);
      return momentum * mean[c] + 4 * unit * magnitude;
    }),
    runningVariance: map(C, (c) => {
      const magnitude = Math.abs(runningVariance[c]) + expected.variance[c] * unbias;
      return momentum * unbias * variance[c] + 4 * unit * magnitude;
    }),
  };
}

export function applyTolerance(shape: BatchnormApplyShape, { x, mean, variance, weight, bias, residual }: Tensors) {
  const out = map(x.length, (i) => {
    const c = i % shape.C;
    const scaled = ((x[i] - mean[c]) * weight[c]) / Math.sqrt(variance[c] + shape.epsilon);
    return elementBound * (Math.abs(scaled) + Math.abs(bias[c]) + Math.abs(shape.residual ? residual[i] : 0));
  });
  return { out };
}

export function backwardTolerance(
  shape: BatchnormBackwardShape,
  { x, mean, variance, weight, gate, dOut }: Tensors,
  expected: Tensors,
) {
  const { C } = shape;
  const rows = rowCount(shape);
  const bound = sumBound(rows);
  const inverseDeviation = map(C, (c) => 1 / Math.sqrt(variance[c] + shape.epsilon));
  const normalised = (i: number): number => Math.abs(x[i] - mean[i % C]) * inverseDeviation[i % C];
  // Where rounding decides on which side of 0 the forward's result lies, either derivative of ReLU will do.
  const undecided = map(rows * C, (i) => {
    if (!shape.relu || shape.residual) return 0;
    const c = i % C;
    const scaled = (x[i] - mean[c]) * inverseDeviation[c] * weight[c];
    const decided = Math.abs(scaled + gate[c]) > elementBound * (Math.abs(scaled) + Math.abs(gate[c]));
    return decided ? 0 : Math.abs(dOut[i]);
  });
  const dBias = new Float64Array(C);
  const dWeight = new Float64Array(C);
  for (let i = 0; i < rows * C; i++) {
    dBias[i % C] += bound * Math.abs(dOut[i]) + undecided[i];
    dWeight[i % C] += (bound * Math.abs(dOut[i]) + undecided[i]) * normalised(i);
  }
  const dX = map(rows * C, (i) => {
    const c = i % C;
    const fromSums = (dBias[c] + normalised(i) * dWeight[c]) / rows;
    const terms = (Math.abs(expected.dBias[c]) + normalised(i) * Math.abs(expected.dWeight[c])) / rows;
    return (
      Math.abs(weight[c]) * inverseDeviation[c] * (elementBound * (Math.abs(dOut[i]) + terms) + fromSums + undecided[i])
    );
  });
  return { dX, dWeight, dBias };
}
