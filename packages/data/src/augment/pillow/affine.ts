import type { Rgb, RgbImage } from "../../image.ts";
import { inArena, type Arena } from "../../simd/arena.ts";
import { rotationMatrix } from "./affine-matrix.ts";
import type { AffineMatrix } from "./affine-matrix.ts";
import { affineNearest } from "./affine-nearest.ts";

export type Interpolation = "nearest" | "bilinear";

/** What `draw` writes over an image of one colour, of the same size: its pixels' address is told. */
function over(fill: Rgb, { width, height }: RgbImage, draw: (arena: Arena, to: number) => void): RgbImage {
  return inArena((arena) => {
    const bytes = width * height * 3;
    const to = arena.take(bytes);
    arena.code.fillPixels(to, bytes, ...fill);
    draw(arena, to);
    return arena.imageAt(to, { width, height });
  });
}

/** Image.transform(size, AFFINE, matrix): what comes from outside the image gets `fill`. */
function affine(image: RgbImage, matrix: AffineMatrix, interpolation: Interpolation, fill: Rgb): RgbImage {
  return over(fill, image, (arena, to) => {
    if (interpolation === "nearest") affineNearest(arena, image, matrix, to);
    else arena.code.affineBilinear(arena.place(image.data), to, image.width, image.height, ...matrix);
  });
}

/** Shears along x about the upper left corner. */
export function shearX(image: RgbImage, shear: number, interpolation: Interpolation | "bicubic", fill: Rgb): RgbImage {
  if (interpolation !== "bicubic") return affine(image, [1, shear, 0, 0, 1, 0], interpolation, fill);
  return over(fill, image, (arena, to) =>
    arena.code.shearXBicubic(arena.place(image.data), to, image.width, image.height, shear),
  );
}

/** Shears along y about the upper left corner. */
export function shearY(image: RgbImage, shear: number, interpolation: Interpolation | "bicubic", fill: Rgb): RgbImage {
  if (interpolation !== "bicubic") return affine(image, [1, 0, 0, shear, 1, 0], interpolation, fill);
  return over(fill, image, (arena, to) =>
    arena.code.shearYBicubic(arena.place(image.data), to, image.width, image.height, shear),
  );
}

/** Moves the picture left by `offset` pixels, which may be a fraction or negative. */
export function translateX(image: RgbImage, offset: number, interpolation: Interpolation, fill: Rgb): RgbImage {
  return affine(image, [1, 0, offset, 0, 1, 0], interpolation, fill);
}

/** Moves the picture up by `offset` pixels, which may be a fraction or negative. */
export function translateY(image: RgbImage, offset: number, interpolation: Interpolation, fill: Rgb): RgbImage {
  return affine(image, [1, 0, 0, 0, 1, offset], interpolation, fill);
}

/** Image.rotate: counter-clockwise about the centre, the size kept. */
export function rotate(image: RgbImage, angleDeg: number, interpolation: Interpolation, fill: Rgb): RgbImage {
  return affine(image, rotationMatrix(image.width, image.height, angleDeg), interpolation, fill);
}
