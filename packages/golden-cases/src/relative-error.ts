/**
 * ||out - ref||2 / max(||ref||2, floor) in float64 over all elements; NaN if `out` holds one, so compare with
 * `!(error <= tolerance)`. @throws if the lengths differ
 */
export function relativeError(out: ArrayLike<number>, ref: ArrayLike<number>, floor = 1e-12): number {
  if (out.length !== ref.length) throw new Error(`${out.length} values were given, ${ref.length} are expected`);
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < ref.length; i += 1) {
    difference += (out[i]! - ref[i]!) ** 2;
    norm += ref[i]! ** 2;
  }
  return Math.sqrt(difference) / Math.max(Math.sqrt(norm), floor);
}
