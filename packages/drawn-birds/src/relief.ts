import type { Random } from "@fledge/random";

import { between, clamp } from "./draw.ts";
import type { Box } from "./geometry.ts";
import { valueNoise } from "./noise.ts";
import { blurPlane, type Layer } from "./raster.ts";

/**
 * How light falls on a flat bird as if it were round and feathered: its blurred outline serves as height, whose slope
 * is lit from above and one side; fine noise stands for the feathers. Returns factors [height, width], 0 outside
 * the bird; `scale` is the number of pixels in a hundredth of the torso.
 */
export function featherTone(layer: Layer, random: Random, scale: number): Float32Array {
  const { width, height } = layer;
  const relief = Float32Array.from({ length: width * height }, (_, pixel) => layer.data[4 * pixel + 3]! / 255);
  const radius = Math.max(1, Math.round(10 * scale));
  blurPlane(relief, width, height, radius);
  const sideways = between(random, -0.8, 0.8);
  const strength = between(random, 0.5, 1.5) * 1.3 * radius;
  const feathers = valueNoise(random, width, height, Math.max(1.5, 5 * scale), Math.max(1.2, 3 * scale), 2);
  const tone = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = y * width + x;
      if (layer.data[4 * at + 3] === 0) continue;
      const slopeX = relief[y * width + Math.min(width - 1, x + 1)]! - relief[y * width + Math.max(0, x - 1)]!;
      const slopeY = relief[Math.min(height - 1, y + 1) * width + x]! - relief[Math.max(0, y - 1) * width + x]!;
      const light = 0.5 * strength * (slopeY + sideways * slopeX);
      tone[at] = clamp(1 + light, 0.55, 1.35) * (0.88 + 0.24 * feathers[at]!);
    }
  }
  return tone;
}

/** The box of the pixels that a layer covers at least by half. Throws if it covers none. */
export function layerBox(layer: Layer): Box {
  let [left, top, right, bottom] = [layer.width, layer.height, -1, -1];
  for (let y = 0; y < layer.height; y += 1) {
    for (let x = 0; x < layer.width; x += 1) {
      if (layer.data[4 * (y * layer.width + x) + 3]! < 128) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  if (right < 0) throw new Error("the bird lies outside its picture");
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}
