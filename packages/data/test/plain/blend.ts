import { rgbImage } from "../../src/image.ts";
import type { RgbImage } from "../../src/image.ts";

/**
 * One value of Image.blend(from, to, factor): float32 arithmetic, the product rounded and then the sum; truncated, and
 * still to be clipped to 0..255. `factor` must be a float32; below 0 and above 1 it extrapolates.
 */
export function blendValue(from: number, to: number, factor: number): number {
  return Math.trunc(Math.fround(from + Math.fround(factor * (to - from))));
}

/** Image.blend of two images of one size. */
export function blend(from: RgbImage, to: RgbImage, factor: number): RgbImage {
  const factor32 = Math.fround(factor);
  const out = rgbImage(to.width, to.height);
  const clipped = clippedData(out);
  for (let i = 0; i < clipped.length; i += 1) clipped[i] = blendValue(from.data[i]!, to.data[i]!, factor32);
  return out;
}

/** The bytes of an image through a view that clips to 0..255 what is written. It would round too: write integers. */
export function clippedData({ data }: RgbImage): Uint8ClampedArray {
  return new Uint8ClampedArray(data.buffer, data.byteOffset, data.length);
}
