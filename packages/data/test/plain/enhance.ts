import { rgbImage } from "../../src/image.ts";
import type { RgbImage } from "../../src/image.ts";
import { blend, blendValue, clippedData } from "./blend.ts";
import { mapValues, valueTable } from "./point.ts";
import { smooth } from "./smooth.ts";

// ImageEnhance: a blend between a degenerate image (factor 0) and the image itself (factor 1).

/** ImageEnhance.Color: away from or towards the grey image. */
function enhanceColor(image: RgbImage, factor: number): RgbImage {
  const factor32 = Math.fround(factor);
  const { data } = image;
  const out = rgbImage(image.width, image.height);
  const clipped = clippedData(out);
  for (let i = 0; i < data.length; i += 3) {
    const grey = greyOf(data[i]!, data[i + 1]!, data[i + 2]!);
    clipped[i] = blendValue(grey, data[i]!, factor32);
    clipped[i + 1] = blendValue(grey, data[i + 1]!, factor32);
    clipped[i + 2] = blendValue(grey, data[i + 2]!, factor32);
  }
  return out;
}

/** ImageEnhance.Contrast: away from or towards the mean of the grey image, rounded to an integer. */
function enhanceContrast(image: RgbImage, factor: number): RgbImage {
  const { data } = image;
  let sum = 0;
  for (let i = 0; i < data.length; i += 3) sum += greyOf(data[i]!, data[i + 1]!, data[i + 2]!);
  return blendWithConstant(Math.trunc(sum / (data.length / 3) + 0.5), image, factor);
}

/** ImageEnhance.Brightness: away from or towards black. */
function enhanceBrightness(image: RgbImage, factor: number): RgbImage {
  return blendWithConstant(0, image, factor);
}

/** ImageEnhance.Sharpness: away from or towards the smoothed image. */
function enhanceSharpness(image: RgbImage, factor: number): RgbImage {
  return blend(smooth(image), image, factor);
}

function blendWithConstant(value: number, image: RgbImage, factor: number): RgbImage {
  const factor32 = Math.fround(factor);
  return mapValues(
    image,
    valueTable((v) => blendValue(value, v, factor32)),
  );
}

/** Image.convert("L"): ITU-R 601 luma in 16.16 fixed point. */
function greyOf(red: number, green: number, blue: number): number {
  return (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16;
}

export const plainEnhance = { enhanceBrightness, enhanceColor, enhanceContrast, enhanceSharpness };
