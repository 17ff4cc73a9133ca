/**
 * Solves a symmetric positive system of `count` unknowns by Cholesky's decomposition, in place. `equations` is
 * [count, count + 1] row-major: the upper triangle and, as the last column, the right side. The diagonal is raised by a
 * thousandth, which keeps directions that the data say little of short. Undefined where it is singular all the same.
 */
export function solveSymmetric(equations: Float64Array, count: number): Float64Array | undefined {
  const width = count + 1;
  for (let k = 0; k < count; k++) {
    for (let column = k; column < width; column++) {
      let sum = equations[k * width + column]!;
      if (column === k) sum *= 1.001;
      for (let j = 0; j < k; j++) sum -= equations[j * width + k]! * equations[j * width + column]!;
      if (column === k && !(sum > 1e-9)) return undefined;
      equations[k * width + column] = column === k ? Math.sqrt(sum) : sum / equations[k * width + k]!;
    }
  }
  const solution = new Float64Array(count);
  for (let k = count - 1; k >= 0; k--) {
    let sum = equations[k * width + count]!;
    for (let column = k + 1; column < count; column++) sum -= equations[k * width + column]! * solution[column]!;
    solution[k] = sum / equations[k * width + k]!;
  }
  return solution;
}
