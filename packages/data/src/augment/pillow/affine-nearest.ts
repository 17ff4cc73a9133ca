import type { RgbImage } from "../../image.ts";
import type { Arena } from "../../simd/arena.ts";
import type { AffineMatrix } from "./affine-matrix.ts";

/**
 * Writes the nearest input pixel of every output pixel that has one to the image at `to`; leaves the others as they are
 * (Geometry.c).
 */
export function affineNearest(arena: Arena, image: RgbImage, matrix: AffineMatrix, to: number): void {
  const [, b, , d] = matrix;
  if (b === 0 && d === 0) scale(arena, image, matrix, to);
  else fixedPoint(arena, image, matrix, to);
}

/** Pillow's ImagingScaleAffine, for matrices that keep rows and columns: positions accumulated in doubles. */
function scale(arena: Arena, { width, height, data }: RgbImage, [a, , c, , e, f]: AffineMatrix, to: number): void {
  const columns = placeWords(arena, accumulatedPositions(a, c, width));
  const rows = placeWords(arena, accumulatedPositions(e, f, height));
  arena.code.affineAligned(arena.place(data), width, to, width, height, columns, rows);
}

const placeWords = (arena: Arena, words: Int32Array): number => arena.place(new Uint8Array(words.buffer));

/** The input position of every output position, or -1 outside the image. */
function accumulatedPositions(step: number, offset: number, size: number): Int32Array {
  const positions = new Int32Array(size);
  let position = offset + step * 0.5;
  for (let i = 0; i < size; i += 1) {
    positions[i] = position >= 0 && position < size ? Math.trunc(position) : -1;
    position += step;
  }
  return positions;
}

/** Pillow's affine_fixed: 16.16 fixed point. Doubles would differ in a few pixels. */
function fixedPoint(arena: Arena, image: RgbImage, [a, b, c, d, e, f]: AffineMatrix, to: number): void {
  const { width, height, data } = image;
  checkFixedPointRange([a, b, c, d, e, f], image);
  const across = [toFixed(c + a * 0.5 + b * 0.5), toFixed(a), toFixed(b)] as const;
  const down = [toFixed(f + d * 0.5 + e * 0.5), toFixed(d), toFixed(e)] as const;
  arena.code.affineFixed(arena.place(data), width, height, to, width, height, ...across, ...down);
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
