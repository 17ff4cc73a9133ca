import { checkLength, mapUnit, type RgbImage } from "../raster/raster.ts";

/**
 * (x + strength * plasma) * M / (M + strength), M being the image's greatest value. `plasma`: [H, W] in 0..1.
 * Throws a RangeError where it does not fit the image.
 */
export function fog(image: RgbImage, { strength }: { strength: number }, plasma: ArrayLike<number>): RgbImage {
  checkLength("fog: plasma", plasma, image.width * image.height);
  const greatest = image.data.reduce((a, b) => Math.max(a, b), 0) / 255;
  return mapUnit(image, (x, i) => ((x + strength * plasma[Math.floor(i / 3)]!) * greatest) / (greatest + strength));
}
