import { checkLength } from "../raster/raster.ts";

export interface PlasmaMap {
  /** n, a power of two of at least 2. */
  readonly size: number;
  /** By how much the roughness falls from one scale to the next; the greater, the smoother. */
  readonly wibbleDecay: number;
}

/**
 * A fractal height map [n, n] in 0..1 that wraps around at its borders, by the diamond-square rule as ImageNet-C's fog
 * has it: the roughness enters squared. `uniform`: n n - 1 draws from -1..1, used in order.
 * Throws a RangeError unless n is a power of two and the draws are as many.
 */
export function plasmaMap({ size, wibbleDecay }: PlasmaMap, uniform: ArrayLike<number>): Float64Array {
  if (!(Number.isInteger(size) && size >= 2 && Number.isInteger(Math.log2(size)))) {
    throw new RangeError(`plasma_map: the size must be a power of two of at least 2, got ${size}`);
  }
  checkLength("plasma_map: uniform", uniform, size * size - 1);
  const map = new Float64Array(size * size);
  const at = (row: number, column: number): number => map[(row & (size - 1)) * size + (column & (size - 1))]!;
  let drawn = 0;
  let wibble = 100;
  for (let step = size; step >= 2; step /= 2, wibble /= wibbleDecay) {
    const half = step / 2;
    const fill = (top: number, left: number, mean: (row: number, column: number) => number): void => {
      const filled: number[] = [];
      for (let row = top; row < size; row += step) {
        for (let column = left; column < size; column += step) {
          filled.push(mean(row, column) + wibble ** 2 * uniform[drawn]!);
          drawn += 1;
        }
      }
      // Written after the pass: a pass reads only what was there before it.
      let next = 0;
      for (let row = top; row < size; row += step) {
        for (let column = left; column < size; column += step) map[row * size + column] = filled[next++]!;
      }
    };
    const diagonal = (row: number, column: number): number =>
      (at(row - half, column - half) +
        at(row - half, column + half) +
        at(row + half, column - half) +
        at(row + half, column + half)) /
      4;
    const straight = (row: number, column: number): number =>
      (at(row - half, column) + at(row + half, column) + at(row, column - half) + at(row, column + half)) / 4;
    fill(half, half, diagonal);
    fill(0, half, straight);
    fill(half, 0, straight);
  }
  let least = Infinity;
  let greatest = -Infinity;
  for (const value of map) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  return map.map((value) => (value - least) / (greatest - least));
}
