import { mapUnit, truncatedBytes, type RgbImage } from "../raster/raster.ts";
import { hsvOf, rgbOf } from "./hsv.ts";

type Hsv = readonly [hue: number, saturation: number, value: number];

function mapHsv({ width, height, data }: RgbImage, map: (hsv: Hsv) => Hsv): RgbImage {
  const out = new Float64Array(data.length);
  for (let i = 0; i < data.length; i += 3) {
    const hsv = hsvOf(data[i]! / 255, data[i + 1]! / 255, data[i + 2]! / 255);
    out.set(rgbOf(...map(hsv)), i);
  }
  return { width, height, data: truncatedBytes(out) };
}

const clampUnit = (value: number): number => Math.min(Math.max(value, 0), 1);

/** `add` to the value of HSV, which stays in 0..1; negative darkens. */
export const brightness = (image: RgbImage, { add }: { add: number }): RgbImage =>
  mapHsv(image, ([hue, saturation, value]) => [hue, saturation, clampUnit(value + add)]);

/** The saturation of HSV times `factor`, plus `add`, kept in 0..1. */
export const saturate = (image: RgbImage, { factor, add }: { factor: number; add: number }): RgbImage =>
  mapHsv(image, ([hue, saturation, value]) => [hue, clampUnit(saturation * factor + add), value]);

/** (x - mean) * factor + mean, with each channel's own mean. */
export function contrast(image: RgbImage, { factor }: { factor: number }): RgbImage {
  const sums = [0, 0, 0];
  for (let i = 0; i < image.data.length; i += 1) sums[i % 3]! += image.data[i]! / 255;
  const means = sums.map((sum) => sum / (image.width * image.height));
  return mapUnit(image, (x, i) => (x - means[i % 3]!) * factor + means[i % 3]!);
}
