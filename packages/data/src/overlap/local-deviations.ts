/** Half the side of the square that is a pixel's surroundings, as a share of the picture's side. */
const reach = 1 / 8;

/** Deviations beyond this many local standard deviations are cut: a caption counts for its area, not its contrast. */
export const clip = 1.5;

/**
 * This share of the whole picture's standard deviation, and a grey level, are added to the local one, so that a clear
 * sky's grain does not weigh as much as the bird before it.
 */
const flatShare = 0.25;

/** A rectangle of pixels: from left, top to before right, bottom. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Each value's deviation from the mean of its surroundings, by their standard deviation (local contrast normalisation;
 * Jarrett et al. 2009): brightness, contrast and light leave it as it is. `values` is [side, side]; outside the frame,
 * which counts as the whole picture, the result is 0.
 */
export function localDeviations(
  values: ArrayLike<number>,
  side: number,
  frame: Frame = { left: 0, top: 0, right: side, bottom: side },
): Float32Array {
  const radius = reach * side;
  const row = side + 1;
  const [sums, squares] = [new Float64Array(row * row), new Float64Array(row * row)];
  for (let y = frame.top; y < frame.bottom; y++) {
    let [sum, square] = [0, 0];
    for (let x = frame.left; x < frame.right; x++) {
      const value = values[y * side + x]!;
      sum += value;
      square += value * value;
      const at = (y + 1) * row + x + 1;
      sums[at] = sums[at - row]! + sum;
      squares[at] = squares[at - row]! + square;
    }
  }
  const over = (table: Float64Array, left: number, top: number, right: number, bottom: number): number =>
    table[bottom * row + right]! - table[top * row + right]! - table[bottom * row + left]! + table[top * row + left]!;
  const all = (frame.right - frame.left) * (frame.bottom - frame.top);
  const overall = over(sums, frame.left, frame.top, frame.right, frame.bottom) / all;
  const square = over(squares, frame.left, frame.top, frame.right, frame.bottom) / all;
  const flat = flatShare * Math.sqrt(Math.max(0, square - overall * overall)) + 1;
  const out = new Float32Array(side * side);
  for (let y = frame.top; y < frame.bottom; y++) {
    const top = Math.max(frame.top, y - radius);
    const bottom = Math.min(frame.bottom, y + radius + 1);
    for (let x = frame.left; x < frame.right; x++) {
      const left = Math.max(frame.left, x - radius);
      const right = Math.min(frame.right, x + radius + 1);
      const count = (right - left) * (bottom - top);
      const mean = over(sums, left, top, right, bottom) / count;
      const variance = Math.max(0, over(squares, left, top, right, bottom) / count - mean * mean);
      const deviation = (values[y * side + x]! - mean) / (Math.sqrt(variance) + flat);
      out[y * side + x] = Math.min(clip, Math.max(-clip, deviation));
    }
  }
  return out;
}
