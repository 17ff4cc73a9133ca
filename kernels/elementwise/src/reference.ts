/** torch.relu: NaN stays NaN. */
export function reluReference(x: ArrayLike<number>): Float64Array {
  const out = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) out[i] = x[i] <= 0 ? 0 : x[i];
  return out;
}

/** dX of torch.relu from its output: dOut where out is above 0, else 0; a NaN in out lets dOut through, as in PyTorch. */
export function reluBackwardReference(out: ArrayLike<number>, dOut: ArrayLike<number>): Float64Array {
  const dX = new Float64Array(out.length);
  for (let i = 0; i < out.length; i++) dX[i] = out[i] <= 0 ? 0 : dOut[i];
  return dX;
}

/** a + b, element by element. */
export function addReference(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const out = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) out[i] = a[i] + b[i];
  return out;
}
