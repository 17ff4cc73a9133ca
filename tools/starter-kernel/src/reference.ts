/** x * x, element by element, in float64: this defines the operator. */
export function starterKernelReference(x: ArrayLike<number>): Float64Array {
  return Float64Array.from(x, (value) => value * value);
}
