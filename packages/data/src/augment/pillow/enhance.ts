import type { RgbImage } from "../../image.ts";
import { inArena, transformed } from "../../simd/arena.ts";
import { mapValues, valueTable } from "./point.ts";

// ImageEnhance: a blend between a degenerate image (factor 0) and the image itself (factor 1).

/** ImageEnhance.Color: away from or towards the grey image, Image.convert("L"). */
export function enhanceColor(image: RgbImage, factor: number): RgbImage {
  return transformed(image, (code, from, to) => code.blendWithGrey(from, to, image.data.length / 3, factor));
}

/** ImageEnhance.Contrast: away from or towards the mean of the grey image, rounded to an integer. */
export function enhanceContrast(image: RgbImage, factor: number): RgbImage {
  return inArena((arena) => {
    const pixels = image.data.length / 3;
    const sum = arena.code.sumLuma(arena.place(image.data), pixels);
    return blendWithConstant(Math.trunc(sum / pixels + 0.5), image, factor);
  });
}

/** ImageEnhance.Brightness: away from or towards black. */
export function enhanceBrightness(image: RgbImage, factor: number): RgbImage {
  return blendWithConstant(0, image, factor);
}

/** ImageEnhance.Sharpness: away from or towards the smoothed image, ImageFilter.SMOOTH. */
export function enhanceSharpness(image: RgbImage, factor: number): RgbImage {
  const { width, height } = image;
  return transformed(image, (code, from, to) => code.blendWithSmooth(from, to, width, height, factor));
}

/** Image.blend of one colour and the image, both of bytes: float32 arithmetic, the product rounded and then the sum. */
function blendWithConstant(value: number, image: RgbImage, factor: number): RgbImage {
  const factor32 = Math.fround(factor);
  return mapValues(
    image,
    valueTable((v) => Math.trunc(Math.fround(value + Math.fround(factor32 * (v - value))))),
  );
}
