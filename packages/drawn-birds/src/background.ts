import type { Random } from "@fledge/random";

import { mixRgb, parseColour, shiftHue, type Rgb } from "./colour.ts";
import { between, smoothstep } from "./draw.ts";
import type { Habitat } from "./habitats.ts";
import { valueNoise } from "./noise.ts";
import { blendPixel, createRaster, type Raster } from "./raster.ts";

/** Paints a habitat; `clutter` (0..1) is the strength of its textures and the number of its discs. */
export function paintBackground(
  random: Random,
  habitat: Habitat,
  width: number,
  height: number,
  clutter: number,
): Raster {
  const raster = createRaster(width, height);
  const hueDeg = between(random, -12, 12);
  const saturation = between(random, 0.6, 1.25);
  const light = between(random, -26, 26);
  const tinted = (hex: string): Rgb => {
    const [r, g, b] = shiftHue(parseColour(hex), hueDeg, saturation);
    return [r + light, g + light, b + light];
  };

  const [top, bottom] = [tinted(habitat.top), tinted(habitat.bottom)];
  const shift = between(random, -0.3, 0.3);
  for (let y = 0; y < height; y += 1) {
    const colour = mixRgb(top, bottom, smoothstep(0, 1, y / height + shift));
    for (let at = 3 * y * width; at < 3 * (y + 1) * width; at += 1) raster.data[at] = colour[at % 3]!;
  }
  for (const { cellX, cellY, colour, strength } of habitat.textures) {
    const zoom = between(random, 0.7, 1.6);
    const noise = valueNoise(random, width, height, cellX * zoom * width, cellY * zoom * height, 3);
    const from = between(random, 0.35, 0.5);
    const tint = tinted(colour);
    for (let pixel = 0; pixel < noise.length; pixel += 1) {
      blendPixel(raster, 3 * pixel, tint, clutter * strength * smoothstep(from, from + 0.3, noise[pixel]!));
    }
  }
  const discCount = habitat.discs.length === 0 ? 0 : Math.round(clutter * between(random, 4, 26));
  for (let i = 0; i < discCount; i += 1) paintDisc(raster, random, tinted(random.choice(habitat.discs)));
  return raster;
}

/** A disc out of focus, somewhat brighter at its rim. */
function paintDisc(raster: Raster, random: Random, colour: Rgb): void {
  const [x, y] = [between(random, 0, raster.width), between(random, 0, raster.height)];
  const radius = between(random, 0.02, 0.11) * raster.width;
  const opacity = between(random, 0.2, 0.75);
  for (let row = Math.max(0, Math.floor(y - radius)); row < Math.min(raster.height, y + radius); row += 1) {
    for (let column = Math.max(0, Math.floor(x - radius)); column < Math.min(raster.width, x + radius); column += 1) {
      const distance = Math.hypot(column - x, row - y) / radius;
      const share = opacity * (1 - smoothstep(0.75, 1, distance)) * (0.8 + 0.2 * distance);
      if (share > 0) blendPixel(raster, 3 * (row * raster.width + column), colour, share);
    }
  }
}

/** Paints the ground from `horizon` (pixels from the top) down, softer and paler towards the horizon. */
export function paintGround(raster: Raster, random: Random, habitat: Habitat, horizon: number): void {
  const { width, height } = raster;
  const { ground } = habitat;
  const [near, far, grain] = [parseColour(ground.near), parseColour(ground.far), parseColour(ground.grain)];
  const noise = valueNoise(random, width, height, ground.cellX * width, ground.cellY * height, 3);
  const edge = valueNoise(random, width, 1, 0.15 * width, 1, 2);
  const blurSize = between(random, 2, 8);
  for (let y = Math.max(0, Math.floor(horizon - 12)); y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const depth = y - horizon + 10 * (edge[x]! - 0.5);
      const share = smoothstep(-blurSize / 2, blurSize / 2, depth);
      if (share === 0) continue;
      const nearness = smoothstep(0, height - horizon, depth);
      const base = mixRgb(far, near, nearness);
      const offset = 3 * (y * width + x);
      blendPixel(raster, offset, base, share);
      const speck = smoothstep(0.45, 0.75, noise[y * width + x]!);
      blendPixel(raster, offset, grain, share * speck * (0.2 + 0.6 * nearness));
    }
  }
}
