import type { RgbImage } from "../image.ts";
import { mapValues, solarize, valueTable } from "./pillow/point.ts";

/**
 * ildoonet's SolarizeAdd: adds `addition` to every value, clips, truncates, and solarizes the sum at 128. TensorFlow's
 * original adds only below the threshold; this is the package's own reading.
 */
export function solarizeAdd(image: RgbImage, addition: number): RgbImage {
  const table = valueTable((v) => Math.trunc(v + addition));
  return solarize(mapValues(image, table), 128);
}
