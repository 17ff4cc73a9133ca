import type { RgbImage } from "../raster/raster.ts";

/** Weights are integers in units of 2^-22, as in Pillow: 32 bits less 8 for the pixel and 2 to spare. */
const precisionBits = 22;
const half = 1 << (precisionBits - 1);

interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}

/**
 * Pillow's resize with BOX: the mean of the input pixels that an output pixel covers, across and then down, rounded to
 * bytes in between; enlarging, the nearest pixel. A direction whose size does not change is left alone.
 */
export function boxResize(image: RgbImage, width: number, height: number): RgbImage {
  return resizeDown(resizeAcross(image, width), height);
}

/** Pillow's precompute_coeffs and normalize_coeffs_8bpc (Resample.c) for the box filter. */
function boxTaps(inputSize: number, outputSize: number): Taps[] {
  const scale = inputSize / outputSize;
  const filterScale = Math.max(scale, 1);
  const support = 0.5 * filterScale;
  return Array.from({ length: outputSize }, (_, i) => {
    const center = (i + 0.5) * scale;
    const first = Math.trunc(Math.max(0, center - support + 0.5));
    const end = Math.min(inputSize, Math.trunc(center + support + 0.5));
    const inside = Array.from({ length: end - first }, (_unused, k) => {
      const t = (first + k - center + 0.5) * (1 / filterScale);
      return t > -0.5 && t <= 0.5 ? 1 : 0;
    });
    const sum = inside.reduce<number>((total, weight) => total + weight, 0);
    return { first, weights: inside.map((weight) => Math.trunc((weight / sum) * 2 ** precisionBits + 0.5)) };
  });
}

function resizeAcross(image: RgbImage, width: number): RgbImage {
  if (width === image.width) return image;
  const { height, data } = image;
  const taps = boxTaps(image.width, width);
  const out = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const { first, weights } = taps[x]!;
      for (let channel = 0; channel < 3; channel += 1) {
        let sum = half;
        weights.forEach((weight, k) => (sum += weight * data[(y * image.width + first + k) * 3 + channel]!));
        out[(y * width + x) * 3 + channel] = Math.min(sum >> precisionBits, 255);
      }
    }
  }
  return { width, height, data: out };
}

function resizeDown(image: RgbImage, height: number): RgbImage {
  if (height === image.height) return image;
  const { width, data } = image;
  const taps = boxTaps(image.height, height);
  const stride = width * 3;
  const out = new Uint8Array(stride * height);
  for (let y = 0; y < height; y += 1) {
    const { first, weights } = taps[y]!;
    for (let i = 0; i < stride; i += 1) {
      let sum = half;
      weights.forEach((weight, k) => (sum += weight * data[(first + k) * stride + i]!));
      out[y * stride + i] = Math.min(sum >> precisionBits, 255);
    }
  }
  return { width, height, data: out };
}
