import type { Rgb, RgbImage } from "../../image.ts";
import { inArena } from "../../simd/arena.ts";

/** Columns left .. right - 1 and rows top .. bottom - 1, integers. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The image with one rectangle of a colour on it; what lies outside the image is cut off. */
export function drawRectangle(image: RgbImage, rectangle: Rectangle, colour: Rgb): RgbImage {
  const { width, height } = image;
  const left = Math.max(rectangle.left, 0);
  const line = new Uint8Array(Math.max(Math.min(rectangle.right, width) - left, 0) * 3);
  for (let i = 0; i < line.length; i += 3) line.set(colour, i);
  return inArena((arena) => {
    const out = arena.imageAt(arena.take(image.data.length), image);
    out.data.set(image.data);
    if (line.length === 0) return out;
    for (let y = Math.max(rectangle.top, 0); y < Math.min(rectangle.bottom, height); y += 1) {
      out.data.set(line, (y * width + left) * 3);
    }
    return out;
  });
}
