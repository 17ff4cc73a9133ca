import { random } from "@fledge/random";
import type { RgbImage } from "../src/raster/raster.ts";
import type { Streams } from "../src/index.ts";

/** A picture with edges, flat areas, gradients and texture, as photographs have them. */
export function picture(width: number, height: number, seed = 1): RgbImage {
  const draw = random(seed, "picture");
  const discs = Array.from({ length: 6 }, () => ({
    x: draw.float() * width,
    y: draw.float() * height,
    radius: ((0.08 + 0.2 * draw.float()) * (width + height)) / 2,
    colour: [draw.integer(0, 256), draw.integer(0, 256), draw.integer(0, 256)],
  }));
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const disc = discs.find(({ x: cx, y: cy, radius }) => Math.hypot(x - cx, y - cy) < radius);
      const texture = 12 * Math.sin(x * 0.9) * Math.cos(y * 0.7);
      for (let channel = 0; channel < 3; channel += 1) {
        const ground = 60 + (100 * (channel === 2 ? y : x)) / Math.max(width, height);
        const value = (disc?.colour[channel] ?? ground) + texture;
        data[(y * width + x) * 3 + channel] = Math.min(Math.max(Math.round(value), 0), 255);
      }
    }
  }
  return { width, height, data };
}

/** The streams of an image under a seed. */
export const streams =
  (seed: number, image = 0): Streams =>
  (purpose, counter) =>
    random(seed, purpose, 0, image, counter);

/** Mean absolute difference in bytes. */
export const distance = (a: RgbImage, b: RgbImage): number =>
  a.data.reduce((sum, byte, i) => sum + Math.abs(byte - b.data[i]!), 0) / a.data.length;
