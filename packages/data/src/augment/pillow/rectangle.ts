import { rgbImage } from "../../image.ts";
import type { Rgb, RgbImage } from "../../image.ts";

/** Columns left .. right - 1 and rows top .. bottom - 1, integers. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The image with one rectangle of a colour on it; what lies outside the image is cut off. */
export function drawRectangle(image: RgbImage, rectangle: Rectangle, [red, green, blue]: Rgb): RgbImage {
  const { width, height } = image;
  const out = rgbImage(width, height, image.data.slice());
  for (let y = Math.max(rectangle.top, 0); y < Math.min(rectangle.bottom, height); y += 1) {
    for (let x = Math.max(rectangle.left, 0); x < Math.min(rectangle.right, width); x += 1) {
      const i = (y * width + x) * 3;
      out.data[i] = red;
      out.data[i + 1] = green;
      out.data[i + 2] = blue;
    }
  }
  return out;
}
