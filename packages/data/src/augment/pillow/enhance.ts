import type { RgbImage } from "../../image.ts";
import { inArena, transformed } from "../../simd/arena.ts";
import { mapValues, valueTable, type ValueTable } from "./point.ts";

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
    return mapValues(image, blendTable(Math.trunc(sum / pixels + 0.5), factor));
  });
}

/** ImageEnhance.Brightness: away from or towards black. */
export const brightnessTable = (factor: number): ValueTable => blendTable(0, factor);

/** ImageEnhance.Sharpness: away from or towards the smoothed image, ImageFilter.SMOOTH. */
export function enhanceSharpness(image: RgbImage, factor: number): RgbImage {
  const { width, height } = image;
  return transformed(image, (code, from, to) => code.blendWithSmooth(from, to, width, height, factor));
}

/** Image.blend of one colour and an image, both of bytes: float32 arithmetic, the product rounded and then the sum. */
function blendTable(value: number, factor: number): ValueTable {
  const factor32 = Math.fround(factor);
  return valueTable((v) => Math.trunc(Math.fround(value + Math.fround(factor32 * (v - value)))));
}
