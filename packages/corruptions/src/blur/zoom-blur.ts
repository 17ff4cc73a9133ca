import { checkSquare, truncatedImage, unitRaster, type RgbImage } from "../raster/raster.ts";
import { clippedZoom } from "../raster/zoom.ts";

/**
 * The mean of a square image and its enlargements by `factors`, each at least 1.
 * Throws a RangeError unless the image is square.
 */
export function zoomBlur(image: RgbImage, { factors }: { factors: readonly number[] }): RgbImage {
  checkSquare("zoom_blur", image);
  const x = unitRaster(image);
  const sums = new Float64Array(x.data.length);
  for (const factor of factors) {
    const zoomed = clippedZoom(x, factor).data;
    for (let i = 0; i < sums.length; i += 1) sums[i]! += zoomed[i]!;
  }
  for (let i = 0; i < sums.length; i += 1) sums[i] = (x.data[i]! + sums[i]!) / (factors.length + 1);
  return truncatedImage({ ...x, data: sums });
}
