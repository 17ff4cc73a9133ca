import { random } from "@fledge/random";
import { rgbImage, type RgbImage } from "../../src/image.ts";

/** Sizes about the widths that the pixel code works in: 3, 4, 8, 16 pixels and one more or less. */
export const sizes = [
  [1, 1],
  [2, 2],
  [3, 3],
  [1, 40],
  [40, 1],
  [5, 4],
  [15, 17],
  [16, 16],
  [37, 29],
  [83, 41],
] as const;

/** Images of one size: noise, black and white noise, a smooth one, one value. */
export function drawnImages(width: number, height: number): RgbImage[] {
  const draw = random(1, "plain image", width, height);
  const kinds: ((i: number) => number)[] = [
    () => draw.integer(0, 256),
    () => 255 * draw.integer(0, 2),
    (i) => 128 + 90 * Math.sin(i / 50 + (i % 3)) + 20 * draw.float(),
    () => 77,
  ];
  return kinds.map((value) =>
    rgbImage(
      width,
      height,
      Uint8Array.from({ length: width * height * 3 }, (_, i) => value(i)),
    ),
  );
}
