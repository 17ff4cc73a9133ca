import type { RgbImage } from "../image.ts";

/** Mean and standard deviation of R, G, B on the scale 0..1. */
export interface Normalisation {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/**
 * (v / 255 - mean) / std in float32, as CHW (torchvision's ToTensor and Normalize). In training the input kernel does
 * this on the GPU; this is what it is compared with.
 */
export function normalise({ width, height, data }: RgbImage, { mean, std }: Normalisation): Float32Array {
  const pixels = width * height;
  const out = new Float32Array(3 * pixels);
  for (let channel = 0; channel < 3; channel += 1) {
    const channelMean = Math.fround(mean[channel]!);
    const channelStd = Math.fround(std[channel]!);
    for (let i = 0; i < pixels; i += 1) {
      const centred = Math.fround(Math.fround(data[i * 3 + channel]! / 255) - channelMean);
      out[channel * pixels + i] = centred / channelStd;
    }
  }
  return out;
}
