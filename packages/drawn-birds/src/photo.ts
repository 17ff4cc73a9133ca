import type { Random } from "@fledge/random";
import sharp from "sharp";

import { between, chance, clamp, smoothstep } from "./draw.ts";
import { valueNoise } from "./noise.ts";
import type { Difficulty } from "./options.ts";
import { softenRaster, type Raster } from "./raster.ts";

/** One picture in this many is greyscale, as a few of CUB's are. */
const GREYSCALE_EVERY = 200;

/** Exposes the painted scene as a camera would (light, lens, sensor) and encodes it as a JPEG. */
export async function takePhoto(raster: Raster, random: Random, difficulty: Difficulty): Promise<Buffer> {
  applyLight(raster, random, difficulty.light);
  const grain = difficulty.grain;
  const blur = chance(random, 0.5) ? between(random, 0, 0.9) * grain : 0;
  const motion = chance(random, 0.15) ? grain : 0;
  for (let pass = 0; pass < 2; pass += 1) softenRaster(raster, Math.min(1, blur + motion), blur);
  const pixels = exposeSensor(raster, random, between(random, 0, 9) * grain);

  const quality = Math.round(95 - between(random, 3, 38) * grain);
  const encoder = sharp(pixels, { raw: { width: raster.width, height: raster.height, channels: 3 } });
  if (random.integer(0, GREYSCALE_EVERY) === 0) encoder.toColourspace("b-w");
  return encoder.jpeg({ quality, chromaSubsampling: chance(random, 0.7) ? "4:2:0" : "4:4:4" }).toBuffer();
}

/** Shadows cast from above, light from one side, exposure, colour of the light, contrast, vignette. */
function applyLight(raster: Raster, random: Random, light: number): void {
  const { width, height, data } = raster;
  const exposure = Math.exp(0.15 * light * clamp(random.normal(), -2, 2));
  const warmth = 0.065 * light * clamp(random.normal(), -2, 2);
  const green = 0.025 * light * clamp(random.normal(), -2, 2);
  const gains = [exposure * (1 + warmth), exposure * (1 + green), exposure * (1 - warmth)] as const;
  const contrast = 1 + 0.11 * light * clamp(random.normal(), -2, 2);
  const saturation = clamp(1 + 0.11 * light * random.normal(), 0.35, 1.5);
  const haze = chance(random, 0.15) ? between(random, 0.05, 0.2) * light : 0;
  const slope = [between(random, -0.15, 0.15) * light, between(random, -0.15, 0.1) * light] as const;
  const vignette = between(random, 0, 0.3) * light;
  const dappled = chance(random, 0.3) ? between(random, 0.15, 0.4) * light : 0;
  const dapples = valueNoise(random, width, height, 0.22 * width, 0.22 * height, 2);

  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [u, v] = [x / width - 0.5, y / height - 0.5];
      const shadow = dappled * smoothstep(0.42, 0.58, dapples[y * width + x]!);
      const lit = (1 + slope[0] * u + slope[1] * v) * (1 - 2 * vignette * (u * u + v * v)) * (1 - shadow);
      const at = 3 * (y * width + x);
      const grey =
        (0.299 * data[at]! * gains[0] + 0.587 * data[at + 1]! * gains[1] + 0.114 * data[at + 2]! * gains[2]) * lit;
      for (let c = 0; c < 3; c += 1) {
        const toned = 120 + contrast * (grey + saturation * (data[at + c]! * gains[c]! * lit - grey) - 120);
        data[at + c] = toned + haze * (205 - toned);
      }
    }
  }
}

/** Rounds to bytes with noise of about the given standard deviation. */
function exposeSensor(raster: Raster, random: Random, noise: number): Uint8Array {
  const { data } = raster;
  const pixels = new Uint8Array(data.length);
  // One word per value from a 32-bit xorshift (Marsaglia 2003): grain needs speed, not the quality of the seeded
  // stream. A word's four bytes add up to a bell of standard deviation 147.8.
  let word = random.uint32() | 1;
  for (let at = 0; at < pixels.length; at += 1) {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    const sum = (word & 255) + ((word >>> 8) & 255) + ((word >>> 16) & 255) + (word >>> 24);
    pixels[at] = clamp(Math.round(data[at]! + (noise * (sum - 510)) / 147.8), 0, 255);
  }
  return pixels;
}
