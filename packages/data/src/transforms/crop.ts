import { rgbImage } from "../image.ts";
import type { RgbImage } from "../image.ts";

/** A box of whole pixels inside an image. */
export interface CropBox {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** Throws a RangeError unless the box lies in an image of this size, at whole pixels. */
export function checkBox({ top, left, height, width }: CropBox, image: Pick<RgbImage, "width" | "height">): void {
  const inside = top >= 0 && left >= 0 && top + height <= image.height && left + width <= image.width;
  if (!(Number.isInteger(top) && Number.isInteger(left) && inside)) {
    const at = `${width} x ${height} at left ${left}, top ${top}`;
    throw new RangeError(`crop: the box ${at} is not inside the image of ${image.width} x ${image.height}`);
  }
}

/** The pixels of `box`. Throws a RangeError unless the box has integer sides of at least 1 and lies in the image. */
export function crop(image: RgbImage, box: CropBox): RgbImage {
  const { top, left, height, width } = box;
  checkBox(box, image);
  const out = rgbImage(width, height);
  for (let y = 0; y < height; y += 1) {
    const start = ((top + y) * image.width + left) * 3;
    out.data.set(image.data.subarray(start, start + width * 3), y * width * 3);
  }
  return out;
}
