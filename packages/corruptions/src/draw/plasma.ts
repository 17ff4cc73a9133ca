import type { Random } from "@fledge/random";
import { plasmaMap } from "../weather/plasma-map.ts";
import { drawUniforms } from "./arrays.ts";

/**
 * The upper left [H, W] of a plasma map whose side is the least power of two that covers the image: 256 for
 * ImageNet-C's 224 pixels.
 */
export function drawPlasma(random: Random, width: number, height: number, wibbleDecay: number): Float64Array {
  const size = Math.max(2 ** Math.ceil(Math.log2(Math.max(width, height))), 2);
  const map = plasmaMap({ size, wibbleDecay }, drawUniforms(random, size * size - 1, -1, 1));
  const part = new Float64Array(width * height);
  for (let y = 0; y < height; y += 1) part.set(map.subarray(y * size, y * size + width), y * width);
  return part;
}
