import type { LinearShape } from "./shape.ts";

type Values = ArrayLike<number>;

/** out [N,OUT] = x [N,IN] weight [IN,OUT] + bias [OUT]. torch.nn.functional.linear, whose weight is [OUT,IN]. */
export function linearForwardReference(
  { N, IN, OUT }: LinearShape,
  x: Values,
  weight: Values,
  bias: Values,
): Float64Array {
  const out = new Float64Array(N * OUT);
  for (let n = 0; n < N; n++) {
    for (let o = 0; o < OUT; o++) out[n * OUT + o] = bias[o];
    for (let i = 0; i < IN; i++) for (let o = 0; o < OUT; o++) out[n * OUT + o] += x[n * IN + i] * weight[i * OUT + o];
  }
  return out;
}

/** dX [N,IN] = dOut [N,OUT] times weight [IN,OUT] transposed. */
export function linearGradInputReference({ N, IN, OUT }: LinearShape, dOut: Values, weight: Values): Float64Array {
  const dX = new Float64Array(N * IN);
  for (let n = 0; n < N; n++)
    for (let i = 0; i < IN; i++)
      for (let o = 0; o < OUT; o++) dX[n * IN + i] += dOut[n * OUT + o] * weight[i * OUT + o];
  return dX;
}

/** dWeight [IN,OUT] = x [N,IN] transposed times dOut [N,OUT]; dBias [OUT] = dOut summed over N. */
export function linearGradWeightReference(
  { N, IN, OUT }: LinearShape,
  x: Values,
  dOut: Values,
): { dWeight: Float64Array; dBias: Float64Array } {
  const dWeight = new Float64Array(IN * OUT);
  const dBias = new Float64Array(OUT);
  for (let n = 0; n < N; n++) {
    for (let o = 0; o < OUT; o++) dBias[o] += dOut[n * OUT + o];
    for (let i = 0; i < IN; i++)
      for (let o = 0; o < OUT; o++) dWeight[i * OUT + o] += x[n * IN + i] * dOut[n * OUT + o];
  }
  return { dWeight, dBias };
}
