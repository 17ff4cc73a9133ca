import { filledImage } from "../../src/image.ts";
import type { Rgb, RgbImage } from "../../src/image.ts";
import { rotationMatrix } from "../../src/augment/pillow/affine-matrix.ts";
import type { AffineMatrix } from "../../src/augment/pillow/affine-matrix.ts";
import { affineNearest } from "./affine-nearest.ts";
import { affineBicubic, affineBilinear } from "./affine-smooth.ts";

type Interpolation = "nearest" | "bilinear" | "bicubic";

const samplers = { nearest: affineNearest, bilinear: affineBilinear, bicubic: affineBicubic };

/** Image.transform(size, AFFINE, matrix): what comes from outside the image gets `fill`. */
function affine(image: RgbImage, matrix: AffineMatrix, interpolation: Interpolation, fill: Rgb): RgbImage {
  const out = filledImage(image.width, image.height, fill);
  samplers[interpolation](image, matrix, out);
  return out;
}

/** Shears along x about the upper left corner. */
function shearX(image: RgbImage, shear: number, interpolation: Interpolation, fill: Rgb): RgbImage {
  return affine(image, [1, shear, 0, 0, 1, 0], interpolation, fill);
}

/** Shears along y about the upper left corner. */
function shearY(image: RgbImage, shear: number, interpolation: Interpolation, fill: Rgb): RgbImage {
  return affine(image, [1, 0, 0, shear, 1, 0], interpolation, fill);
}

/** Moves the picture left by `offset` pixels, which may be a fraction or negative. */
function translateX(image: RgbImage, offset: number, interpolation: Interpolation, fill: Rgb): RgbImage {
  return affine(image, [1, 0, offset, 0, 1, 0], interpolation, fill);
}

/** Moves the picture up by `offset` pixels, which may be a fraction or negative. */
function translateY(image: RgbImage, offset: number, interpolation: Interpolation, fill: Rgb): RgbImage {
  return affine(image, [1, 0, 0, 0, 1, offset], interpolation, fill);
}

/** Image.rotate: counter-clockwise about the centre, the size kept. */
function rotate(image: RgbImage, angleDeg: number, interpolation: Interpolation, fill: Rgb): RgbImage {
  return affine(image, rotationMatrix(image.width, image.height, angleDeg), interpolation, fill);
}

export const plainAffine = { rotate, shearX, shearY, translateX, translateY };
