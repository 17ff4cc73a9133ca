import type { RgbImage } from "../raster/raster.ts";
import { boxResize } from "./box-resize.ts";

/** Shrunk to trunc(side * factor), at least one pixel, and enlarged again, both by Pillow's BOX. */
export function pixelate(image: RgbImage, { factor }: { factor: number }): RgbImage {
  const { width, height } = image;
  const small = (side: number): number => Math.max(Math.trunc(side * factor), 1);
  return boxResize(boxResize(image, small(width), small(height)), width, height);
}
