import { clampIndex } from "../../raster/borders.ts";
import type { Plane } from "./plane.ts";

/** Half the size in both directions (libjpeg's h2v2_downsample): the rounding goes up and down in turns. */
export function downsampled({ width, height, data }: Plane): Plane {
  const half = { width: width / 2, height: height / 2, data: new Uint8Array((width * height) / 4) };
  for (let y = 0; y < half.height; y += 1) {
    for (let x = 0; x < half.width; x += 1) {
      const at = 2 * y * width + 2 * x;
      const sum = data[at]! + data[at + 1]! + data[at + width]! + data[at + width + 1]!;
      half.data[y * half.width + x] = (sum + 1 + (x & 1)) >> 2;
    }
  }
  return half;
}

/**
 * Twice the size in both directions, each value between its nearest ones (libjpeg's h2v2_fancy_upsample). A plane of at
 * most two columns is repeated, as libjpeg does (jdsample.c).
 */
export function upsampled({ width, height, data }: Plane): Plane {
  const out = { width: 2 * width, height: 2 * height, data: new Uint8Array(4 * width * height) };
  if (width <= 2) {
    for (let i = 0; i < out.data.length; i += 1) {
      const x = i % out.width;
      const y = (i - x) / out.width;
      out.data[i] = data[(y >> 1) * width + (x >> 1)]!;
    }
    return out;
  }
  const sums = new Int32Array(width);
  for (let y = 0; y < out.height; y += 1) {
    const near = (y >> 1) * width;
    const far = clampIndex((y >> 1) + (y & 1 ? 1 : -1), height) * width;
    for (let x = 0; x < width; x += 1) sums[x] = 3 * data[near + x]! + data[far + x]!;
    for (let x = 0; x < width; x += 1) {
      const own = 3 * sums[x]!;
      const target = y * out.width + 2 * x;
      out.data[target] = (own + sums[clampIndex(x - 1, width)]! + 8) >> 4;
      out.data[target + 1] = (own + sums[clampIndex(x + 1, width)]! + 7) >> 4;
    }
  }
  return out;
}
