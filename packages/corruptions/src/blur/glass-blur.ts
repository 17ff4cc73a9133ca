import { gauss } from "../raster/gauss.ts";
import { checkLength, truncatedImage, unitRaster, type RgbImage } from "../raster/raster.ts";

export interface GlassBlur {
  readonly sigma: number;
  /** Greatest distance in pixels from which a pixel is taken. */
  readonly maxDelta: number;
  readonly iterations: number;
}

/** How many offsets `glassBlur` takes: iterations * (H - 2 maxDelta) * (W - 2 maxDelta) * 2, none in a tiny image. */
export const glassOffsets = ({ width, height }: RgbImage, { maxDelta, iterations }: GlassBlur): number =>
  iterations * Math.max(height - 2 * maxDelta, 0) * Math.max(width - 2 * maxDelta, 0) * 2;

/**
 * Pixels taken from near by between two Gaussians. The published code means to swap two pixels, but its numpy views
 * make it the copy that is done here: the published images are made so.
 *
 * `offsets`: [iterations, H - 2 maxDelta, W - 2 maxDelta, (dx, dy)], each drawn from 0 .. 2 maxDelta - 1, from the
 * last row and column backwards. Throws a RangeError where they do not fit the image.
 */
export function glassBlur(image: RgbImage, parameters: GlassBlur, offsets: ArrayLike<number>): RgbImage {
  const { sigma, maxDelta, iterations } = parameters;
  checkLength("glass_blur: offsets", offsets, glassOffsets(image, parameters));
  const { width, height, data: pixels } = truncatedImage(gauss(unitRaster(image), sigma));
  let next = 0;
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    // Rows of a tiny image that has no columns to go through take no offset.
    for (let row = height - maxDelta; row > maxDelta; row -= 1) {
      for (let column = width - maxDelta; column > maxDelta; column -= 1) {
        const fromColumn = column + offsets[next]! - maxDelta;
        const fromRow = row + offsets[next + 1]! - maxDelta;
        next += 2;
        const source = (fromRow * width + fromColumn) * 3;
        pixels.copyWithin((row * width + column) * 3, source, source + 3);
      }
    }
  }
  return truncatedImage(gauss(unitRaster({ width, height, data: pixels }), sigma));
}
