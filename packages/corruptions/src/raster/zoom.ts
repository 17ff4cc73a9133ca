import type { Raster } from "./raster.ts";
import { roundHalfEven } from "./rounding.ts";

/**
 * ImageNet-C's `clipped_zoom` of a square raster: its centre of ceil(side / factor) pixels, enlarged linearly to
 * round(crop * factor), whose own centre of `side` pixels is kept (scipy.ndimage.zoom of order 1, corner to corner).
 * `factor` is at least 1.
 */
export function clippedZoom({ width: side, channels, data }: Raster, factor: number): Raster {
  const crop = Math.ceil(side / factor);
  const from = Math.floor((side - crop) / 2);
  const enlarged = roundHalfEven(crop * factor);
  const trim = Math.floor((enlarged - side) / 2);
  const { low, share } = positions(side, trim, crop, enlarged);
  const out = new Float64Array(side * side * channels);
  const blended = new Float64Array(crop * channels);
  let target = 0;
  for (let y = 0; y < side; y += 1) {
    const upper = ((from + low[y]!) * side + from) * channels;
    const lower = ((from + Math.min(low[y]! + 1, crop - 1)) * side + from) * channels;
    const down = share[y]!;
    for (let i = 0; i < blended.length; i += 1) blended[i] = data[upper + i]! * (1 - down) + data[lower + i]! * down;
    for (let x = 0; x < side; x += 1) {
      const left = low[x]! * channels;
      const right = Math.min(low[x]! + 1, crop - 1) * channels;
      const across = share[x]!;
      for (let channel = 0; channel < channels; channel += 1, target += 1) {
        out[target] = blended[left + channel]! * (1 - across) + blended[right + channel]! * across;
      }
    }
  }
  return { width: side, height: side, channels, data: out };
}

/** The place in the crop of each of `count` outputs from `first` on: the pixel below it and the share of the next. */
function positions(count: number, first: number, crop: number, enlarged: number) {
  const low = new Int32Array(count);
  const share = new Float64Array(count);
  const step = enlarged > 1 ? (crop - 1) / (enlarged - 1) : 0;
  for (let i = 0; i < count; i += 1) {
    const position = Math.min((first + i) * step, crop - 1);
    low[i] = Math.floor(position);
    share[i] = position - low[i]!;
  }
  return { low, share };
}
