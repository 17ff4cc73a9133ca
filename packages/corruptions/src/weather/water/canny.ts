import { clampIndex } from "../../raster/borders.ts";

/** tan(22.5 degrees) in units of 2^-15, as in OpenCV's canny.cpp. */
const tan22 = 13573;

/**
 * 1 on the edges of a grey image [H, W], else 0: OpenCV's Canny with a 3x3 Sobel and the gradient |dx| + |dy|. A pixel
 * is an edge where its gradient is the greatest across the edge and above `high`, or above `low` and beside an edge.
 */
export function cannyEdges(grey: Uint8Array, width: number, height: number, low: number, high: number): Uint8Array {
  const { dx, dy } = sobel(grey, width, height);
  const magnitude = dx.map((value, i) => Math.abs(value) + Math.abs(dy[i]!));
  const at = (row: number, column: number): number =>
    row < 0 || row >= height || column < 0 || column >= width ? 0 : magnitude[row * width + column]!;
  const isRidge = (row: number, column: number): boolean => {
    const i = row * width + column;
    const own = magnitude[i]!;
    const across = Math.abs(dx[i]!);
    const down = Math.abs(dy[i]!) * 2 ** 15;
    if (down < across * tan22) return own > at(row, column - 1) && own >= at(row, column + 1);
    if (down > across * tan22 + across * 2 ** 16) return own > at(row - 1, column) && own >= at(row + 1, column);
    const side = (dx[i]! ^ dy[i]!) < 0 ? -1 : 1;
    return own > at(row - 1, column - side) && own > at(row + 1, column + side);
  };
  const edges = new Uint8Array(width * height);
  const weak = new Uint8Array(width * height);
  const reached: number[] = [];
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const i = row * width + column;
      if (!(magnitude[i]! > low) || !isRidge(row, column)) continue;
      weak[i] = 1;
      if (magnitude[i]! > high) {
        edges[i] = 1;
        reached.push(i);
      }
    }
  }
  for (let i = reached.pop(); i !== undefined; i = reached.pop()) {
    const column = i % width;
    const row = (i - column) / width;
    for (let y = Math.max(row - 1, 0); y <= Math.min(row + 1, height - 1); y += 1) {
      for (let x = Math.max(column - 1, 0); x <= Math.min(column + 1, width - 1); x += 1) {
        const beside = y * width + x;
        if (weak[beside] === 0 || edges[beside] === 1) continue;
        edges[beside] = 1;
        reached.push(beside);
      }
    }
  }
  return edges;
}

/** The 3x3 Sobel derivatives, edges repeated. */
function sobel(grey: Uint8Array, width: number, height: number): { dx: Int32Array; dy: Int32Array } {
  const dx = new Int32Array(width * height);
  const dy = new Int32Array(width * height);
  for (let row = 0; row < height; row += 1) {
    const rows = [-1, 0, 1].map((k) => clampIndex(row + k, height) * width) as [number, number, number];
    for (let column = 0; column < width; column += 1) {
      const left = clampIndex(column - 1, width);
      const right = clampIndex(column + 1, width);
      const difference = (start: number): number => grey[start + right]! - grey[start + left]!;
      const sum = (start: number): number => grey[start + left]! + 2 * grey[start + column]! + grey[start + right]!;
      dx[row * width + column] = difference(rows[0]) + 2 * difference(rows[1]) + difference(rows[2]);
      dy[row * width + column] = sum(rows[2]) - sum(rows[0]);
    }
  }
  return { dx, dy };
}
