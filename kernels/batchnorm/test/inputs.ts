import type { BatchnormApplyShape, BatchnormBackwardShape, BatchnormStatisticsShape } from "../src/shape.ts";
import { rowCount, type ActivationShape } from "../src/shape.ts";
import { applyReference, statisticsReference } from "../src/reference.ts";

type Uniform = () => number;

const fill = (length: number, value: (i: number) => number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length }, (_, i) => value(i));

/**
 * Channels as training meets them: centred, a mean of 1000 with a deviation near 0.01, shifted, constant; with an
 * outlier now and then, one of them in the first row, which the kernels take as origin.
 */
function activation(shape: ActivationShape, uniform: Uniform): Float32Array<ArrayBuffer> {
  const centres = [0, 1000, -3, 2];
  const spreads = [1, 0.02, 2, 0];
  return fill(rowCount(shape) * shape.C, (i) => {
    const kind = (i % shape.C) % 4;
    const outlier = i % 97 === 0 || i === 2 ? 20 : 1;
    return centres[kind] + spreads[kind] * outlier * uniform();
  });
}

export function statisticsInputs(shape: BatchnormStatisticsShape, uniform: Uniform) {
  return {
    x: activation(shape, uniform),
    runningMean: fill(shape.C, uniform),
    runningVariance: fill(shape.C, () => 1 + uniform()),
  };
}

/** The statistics are those of x, rounded to float32. */
export function applyInputs(shape: BatchnormApplyShape, uniform: Uniform) {
  const x = activation(shape, uniform);
  const ignored = new Float64Array(shape.C);
  const moments = statisticsReference({ ...shape, momentum: 0 }, { x, runningMean: ignored, runningVariance: ignored });
  return {
    x,
    mean: Float32Array.from(moments.mean),
    variance: Float32Array.from(moments.variance),
    weight: fill(shape.C, uniform),
    bias: fill(shape.C, uniform),
    ...(shape.residual ? { residual: fill(x.length, uniform) } : {}),
  };
}

export function backwardInputs(shape: BatchnormBackwardShape, uniform: Uniform) {
  const { bias, residual, ...inputs } = applyInputs(shape, uniform);
  const { out } = applyReference(shape, { ...inputs, bias, ...(residual ? { residual } : {}) });
  return {
    ...inputs,
    ...(shape.relu ? { gate: shape.residual ? Float32Array.from(out) : bias } : {}),
    dOut: fill(inputs.x.length, uniform),
  };
}
