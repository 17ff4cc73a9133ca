import type { RgbImage } from "../../src/image.ts";
import type { AffineMatrix } from "../../src/augment/pillow/affine-matrix.ts";

/** Writes the nearest input pixel of every output pixel that has one; leaves the others as they are (Geometry.c). */
export function affineNearest(image: RgbImage, matrix: AffineMatrix, out: RgbImage): void {
  const [, b, , d] = matrix;
  if (b === 0 && d === 0) scale(image, matrix, out);
  else fixedPoint(image, matrix, out);
}

/** Pillow's ImagingScaleAffine, for matrices that keep rows and columns: positions accumulated in doubles. */
function scale(image: RgbImage, [a, , c, , e, f]: AffineMatrix, out: RgbImage): void {
  const columns = accumulatedPositions(a, c, out.width, image.width);
  const rows = accumulatedPositions(e, f, out.height, image.height);
  for (let y = 0; y < out.height; y += 1) {
    if (rows[y]! < 0) continue;
    const row = rows[y]! * image.width;
    for (let x = 0; x < out.width; x += 1) {
      if (columns[x]! >= 0) copyPixel(image.data, row + columns[x]!, out.data, y * out.width + x);
    }
  }
}

/** The input position of every output position, or -1 outside the image. */
function accumulatedPositions(step: number, offset: number, outputSize: number, inputSize: number): Int32Array {
  const positions = new Int32Array(outputSize);
  let position = offset + step * 0.5;
  for (let i = 0; i < outputSize; i += 1) {
    positions[i] = position >= 0 && position < inputSize ? Math.trunc(position) : -1;
    position += step;
  }
  return positions;
}

/** Pillow's affine_fixed: 16.16 fixed point. Doubles would differ in a few pixels. */
function fixedPoint(image: RgbImage, [a, b, c, d, e, f]: AffineMatrix, out: RgbImage): void {
  checkFixedPointRange([a, b, c, d, e, f], out);
  const { width, height } = image;
  const [ax, bx, dy, ey] = [toFixed(a), toFixed(b), toFixed(d), toFixed(e)];
  let rowX = toFixed(c + a * 0.5 + b * 0.5);
  let rowY = toFixed(f + d * 0.5 + e * 0.5);
  for (let y = 0; y < out.height; y += 1) {
    let inputX = rowX;
    let inputY = rowY;
    for (let x = 0; x < out.width; x += 1) {
      const column = inputX >> 16;
      const row = inputY >> 16;
      if (column >= 0 && column < width && row >= 0 && row < height) {
        copyPixel(image.data, row * width + column, out.data, y * out.width + x);
      }
      inputX += ax;
      inputY += dy;
    }
    rowX += bx;
    rowY += ey;
  }
}

function toFixed(value: number): number {
  return Math.floor(value * 65536 + 0.5);
}

/** Input positions must fit 16.16. Pillow has a slower path for larger images; photographs do not come near. */
function checkFixedPointRange([a, b, c, d, e, f]: AffineMatrix, { width, height }: RgbImage): void {
  for (const [x, y] of [
    [0, 0],
    [width, 0],
    [0, height],
    [width, height],
  ] as const) {
    if (!(Math.abs(a * x + b * y + c) < 32768 && Math.abs(d * x + e * y + f) < 32768)) {
      throw new RangeError(`an image of ${width} x ${height} is too large to shear or rotate: shrink it first`);
    }
  }
}

function copyPixel(from: Uint8Array, fromPixel: number, to: Uint8Array, toPixel: number): void {
  const source = fromPixel * 3;
  const target = toPixel * 3;
  to[target] = from[source]!;
  to[target + 1] = from[source + 1]!;
  to[target + 2] = from[source + 2]!;
}
