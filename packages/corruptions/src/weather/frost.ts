import { checkLength, type RgbImage } from "../raster/raster.ts";

/** The weights of the image and of the frost before it. */
export interface Frost {
  readonly image: number;
  readonly frost: number;
}

/**
 * trunc(clamp(image * byte + frost * texture, 0, 255)). `texture`: bytes, [H, W, 3].
 * Throws a RangeError where it does not fit the image.
 */
export function frost({ width, height, data }: RgbImage, weights: Frost, texture: ArrayLike<number>): RgbImage {
  checkLength("frost: texture", texture, data.length);
  const out = new Uint8Array(data.length);
  for (let i = 0; i < out.length; i += 1) {
    out[i] = Math.trunc(Math.min(weights.image * data[i]! + weights.frost * texture[i]!, 255));
  }
  return { width, height, data: out };
}
