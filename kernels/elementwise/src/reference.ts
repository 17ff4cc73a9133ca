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

/** x as it is; a test rounds where a type wants it. */
export const castReference = (x: ArrayLike<number>): Float64Array => Float64Array.from(x);

/** factor * x, element by element. */
export const scaleReference = (x: ArrayLike<number>, factor: number): Float64Array =>
  Float64Array.from(x, (value) => factor * value);

/** a with b behind it. */
export const concatenateReference = (a: ArrayLike<number>, b: ArrayLike<number>): Float64Array =>
  Float64Array.from([...Array.from(a), ...Array.from(b)]);

/** The first countA elements of x, and the rest. */
export function splitReference(x: ArrayLike<number>, countA: number): { a: Float64Array; b: Float64Array } {
  const values = Float64Array.from(x);
  return { a: values.slice(0, countA), b: values.slice(countA) };
}
