import type { ImageSize, Rgb } from "../image.ts";
import type { OperationArguments } from "./operation.ts";
import { rotationMatrix } from "./pillow/affine-matrix.ts";
import type { Interpolation } from "./pillow/affine.ts";
import { brightnessTable } from "./pillow/enhance.ts";
import { invertTable, posterizeTable, solarizeTable, valueTable } from "./pillow/point.ts";
import type { PixelOperation } from "./pixel-operation.ts";

// What the libraries' operations do to pixels, by the arguments that Pillow would receive.

export const identity: PixelOperation = { kind: "identity" };
export const autoContrast: PixelOperation = { kind: "auto-contrast" };
export const equalize: PixelOperation = { kind: "equalize" };
export const invert: PixelOperation = { kind: "map", table: invertTable() };
export const brightness = (factor: number): PixelOperation => ({ kind: "map", table: brightnessTable(factor) });
export const color = (factor: number): PixelOperation => ({ kind: "color", factor });
export const contrast = (factor: number): PixelOperation => ({ kind: "contrast", factor });
export const sharpness = (factor: number): PixelOperation => ({ kind: "sharpness", factor });

/** Throws unless bits is one of 0..8. */
export const posterize = (bits: number): PixelOperation => ({ kind: "map", table: posterizeTable(bits) });

export const solarize = (threshold: number): PixelOperation => ({ kind: "map", table: solarizeTable(threshold) });

/**
 * ildoonet's SolarizeAdd: adds `addition` to every value, clips, truncates, and solarizes the sum at 128. TensorFlow's
 * original adds only below the threshold; this is the package's own reading.
 */
export function solarizeAdd(addition: number): PixelOperation {
  const added = valueTable((v) => Math.trunc(v + addition));
  const solarized = solarizeTable(128);
  return { kind: "map", table: added.map((sum) => solarized[sum]!) };
}

/** Shears along x about the upper left corner. */
export const shearX = (shear: number, interpolation: Interpolation | "bicubic", fill: Rgb): PixelOperation =>
  interpolation === "bicubic"
    ? { kind: "shear-x-bicubic", shear, fill }
    : { kind: "affine", matrix: [1, shear, 0, 0, 1, 0], interpolation, fill };

/** Shears along y about the upper left corner. */
export const shearY = (shear: number, interpolation: Interpolation | "bicubic", fill: Rgb): PixelOperation =>
  interpolation === "bicubic"
    ? { kind: "shear-y-bicubic", shear, fill }
    : { kind: "affine", matrix: [1, 0, 0, shear, 1, 0], interpolation, fill };

/** Moves the picture left by `offset` pixels, which may be a fraction or negative. */
export const translateX = (offset: number, interpolation: Interpolation, fill: Rgb): PixelOperation => ({
  kind: "affine",
  matrix: [1, 0, offset, 0, 1, 0],
  interpolation,
  fill,
});

/** Moves the picture up by `offset` pixels, which may be a fraction or negative. */
export const translateY = (offset: number, interpolation: Interpolation, fill: Rgb): PixelOperation => ({
  kind: "affine",
  matrix: [1, 0, 0, 0, 1, offset],
  interpolation,
  fill,
});

/** Image.rotate: counter-clockwise about the centre, the size kept. */
export const rotate = (
  { width, height }: ImageSize,
  angleDeg: number,
  interpolation: Interpolation,
  fill: Rgb,
): PixelOperation => ({ kind: "affine", matrix: rotationMatrix(width, height, angleDeg), interpolation, fill });

type Centre = OperationArguments["centre"];

/** jizongfox's Cutout: floor(size / 2) pixels to either side of an integer centre, the last column and row excluded. */
export function cutout(size: number, centre: Centre, colour: Rgb): PixelOperation {
  const { x, y } = required(centre);
  const half = Math.floor(size / 2);
  return {
    kind: "rectangle",
    rectangle: { left: x - half, top: y - half, right: x + half, bottom: y + half },
    colour,
  };
}

/**
 * ildoonet's CutoutAbs: a square about a centre anywhere on the image, cut at its edges before it is truncated to
 * pixels, both ends included (ImageDraw.rectangle). So size 0 still paints one pixel.
 */
export function cutoutAbs({ width, height }: ImageSize, size: number, centre: Centre, colour: Rgb): PixelOperation {
  const { x, y } = required(centre);
  const left = Math.trunc(Math.max(0, x - size / 2));
  const top = Math.trunc(Math.max(0, y - size / 2));
  const right = Math.trunc(Math.min(width, left + size)) + 1;
  const bottom = Math.trunc(Math.min(height, top + size)) + 1;
  return { kind: "rectangle", rectangle: { left, top, right, bottom }, colour };
}

function required(centre: Centre): NonNullable<Centre> {
  if (centre === undefined) throw new TypeError("a cutout needs its centre: { x, y } in pixels");
  return centre;
}
