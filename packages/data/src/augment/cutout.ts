import type { Rgb, RgbImage } from "../image.ts";
import type { OperationArguments } from "./operation.ts";
import { drawRectangle } from "./pillow/rectangle.ts";

type Centre = OperationArguments["centre"];

/** jizongfox's Cutout: floor(size / 2) pixels to either side of an integer centre, the last column and row excluded. */
export function cutout(image: RgbImage, size: number, centre: Centre, colour: Rgb): RgbImage {
  const { x, y } = required(centre);
  const half = Math.floor(size / 2);
  return drawRectangle(image, { left: x - half, top: y - half, right: x + half, bottom: y + half }, colour);
}

/**
 * ildoonet's CutoutAbs: a square about a centre anywhere on the image, cut at its edges before it is truncated to
 * pixels, both ends included (ImageDraw.rectangle). So size 0 still paints one pixel.
 */
export function cutoutAbs(image: RgbImage, size: number, centre: Centre, colour: Rgb): RgbImage {
  const { x, y } = required(centre);
  const left = Math.trunc(Math.max(0, x - size / 2));
  const top = Math.trunc(Math.max(0, y - size / 2));
  const right = Math.trunc(Math.min(image.width, left + size)) + 1;
  const bottom = Math.trunc(Math.min(image.height, top + size)) + 1;
  return drawRectangle(image, { left, top, right, bottom }, colour);
}

function required(centre: Centre): NonNullable<Centre> {
  if (centre === undefined) throw new TypeError("a cutout needs its centre: { x, y } in pixels");
  return centre;
}
