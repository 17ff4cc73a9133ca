import { rgbImage } from "../image.ts";
import type { RgbImage } from "../image.ts";

/** The image mirrored left to right. */
export function horizontalFlip({ width, height, data }: RgbImage): RgbImage {
  const out = rgbImage(width, height);
  for (let y = 0; y < height; y += 1) {
    let from = (y * width + width - 1) * 3;
    let to = y * width * 3;
    for (let x = 0; x < width; x += 1, from -= 3, to += 3) {
      out.data[to] = data[from]!;
      out.data[to + 1] = data[from + 1]!;
      out.data[to + 2] = data[from + 2]!;
    }
  }
  return out;
}
