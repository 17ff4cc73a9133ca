import type { Rgb, RgbImage } from "../../image.ts";
import { inArena, type Arena } from "../../simd/arena.ts";
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
export function affine(image: RgbImage, matrix: AffineMatrix, interpolation: Interpolation, fill: Rgb): RgbImage {
  return over(fill, image, (arena, to) => {
    if (interpolation === "nearest") affineNearest(arena, image, matrix, to);
    else arena.code.affineBilinear(arena.place(image.data), to, image.width, image.height, ...matrix);
  });
}

/** BICUBIC shear along x about the upper left corner. */
export function shearXBicubic(image: RgbImage, shear: number, fill: Rgb): RgbImage {
  return over(fill, image, (arena, to) =>
    arena.code.shearXBicubic(arena.place(image.data), to, image.width, image.height, shear),
  );
}

/** BICUBIC shear along y about the upper left corner. */
export function shearYBicubic(image: RgbImage, shear: number, fill: Rgb): RgbImage {
  return over(fill, image, (arena, to) =>
    arena.code.shearYBicubic(arena.place(image.data), to, image.width, image.height, shear),
  );
}
