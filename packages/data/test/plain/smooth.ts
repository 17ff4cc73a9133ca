import { rgbImage } from "../../src/image.ts";
import type { RgbImage } from "../../src/image.ts";

/**
 * ImageFilter.SMOOTH: every pixel weighs 5/13, its eight neighbours 1/13 each. The outermost pixels are copied, and so
 * is a whole image under 3 pixels in either direction.
 *
 * Pillow sums in float32 from 0.5 on and truncates. Integers give the same bytes: sum / 13 + 0.5 is never nearer
 * to an integer than 1/26, and the roundings of float32 are a hundred times smaller.
 */
export function smooth(image: RgbImage): RgbImage {
  const { width, height, data } = image;
  const rowBytes = width * 3;
  const out = data.slice();
  for (let y = 1; y < height - 1; y += 1) {
    const end = (y + 1) * rowBytes - 3;
    for (let i = y * rowBytes + 3; i < end; i += 1) {
      const upper = data[i - rowBytes - 3]! + data[i - rowBytes]! + data[i - rowBytes + 3]!;
      const middle = data[i - 3]! + 5 * data[i]! + data[i + 3]!;
      const lower = data[i + rowBytes - 3]! + data[i + rowBytes]! + data[i + rowBytes + 3]!;
      out[i] = Math.trunc((upper + middle + lower + 6.5) / 13);
    }
  }
  return rgbImage(width, height, out);
}
