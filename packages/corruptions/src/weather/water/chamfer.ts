/** Steps to a neighbour, to a diagonal one and by a knight's move: Borgefors 1986, as OpenCV's DIST_L2 has them. */
const straight = 1;
const diagonal = 1.4;
const knight = 2.1969;

/** The 5x5 mask's half that a pass from the upper left has behind it; the other half is its mirror image. */
const behind: readonly (readonly [row: number, column: number, step: number])[] = [
  [-2, -1, knight],
  [-2, 1, knight],
  [-1, -2, knight],
  [-1, -1, diagonal],
  [-1, 0, straight],
  [-1, 1, diagonal],
  [-1, 2, knight],
  [0, -1, straight],
];

/** The distance in pixels of every pixel to the nearest edge, [H, W]; Infinity without one. `edges`: 1 on an edge. */
export function chamferDistance(edges: Uint8Array, width: number, height: number): Float64Array {
  const distances = Float64Array.from(edges, (edge) => (edge === 1 ? 0 : Infinity));
  const relax = (row: number, column: number, sign: 1 | -1): void => {
    let least = distances[row * width + column]!;
    for (const [rows, columns, step] of behind) {
      const y = row + sign * rows;
      const x = column + sign * columns;
      if (y < 0 || y >= height || x < 0 || x >= width) continue;
      least = Math.min(least, distances[y * width + x]! + step);
    }
    distances[row * width + column] = least;
  };
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) relax(row, column, 1);
  }
  for (let row = height - 1; row >= 0; row -= 1) {
    for (let column = width - 1; column >= 0; column -= 1) relax(row, column, -1);
  }
  return distances;
}
