import { motionBlurred, type Motion } from "../raster/motion.ts";
import type { RgbImage } from "../raster/raster.ts";

/** The camera moved along a line: see `motionBlurred`. */
export function motionBlur({ width, height, data }: RgbImage, motion: Motion): RgbImage {
  return { width, height, data: motionBlurred({ width, height, channels: 3, data }, motion).data };
}
