import { gauss } from "../raster/gauss.ts";
import { truncatedImage, unitRaster, type RgbImage } from "../raster/raster.ts";

/** A Gaussian of `sigma` pixels, edges clamped. */
export const gaussianBlur = (image: RgbImage, { sigma }: { sigma: number }): RgbImage =>
  truncatedImage(gauss(unitRaster(image), sigma));
