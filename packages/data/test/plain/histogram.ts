import type { RgbImage } from "../../src/image.ts";
import { mapChannels, valueTable } from "./point.ts";
import type { ValueTable } from "./point.ts";

/** How many pixels have each of the 256 values. */
type Histogram = Uint32Array;

/** ImageOps.autocontrast: stretches every channel so that its extremes become 0 and 255. */
export function autoContrast(image: RgbImage): RgbImage {
  return mapHistograms(image, autoContrastTable);
}

/** ImageOps.equalize: makes the values of every channel about equally frequent. */
export function equalize(image: RgbImage): RgbImage {
  return mapHistograms(image, equalizeTable);
}

function mapHistograms(image: RgbImage, table: (histogram: Histogram) => ValueTable): RgbImage {
  const red = new Uint32Array(256);
  const green = new Uint32Array(256);
  const blue = new Uint32Array(256);
  for (let i = 0; i < image.data.length; i += 3) {
    red[image.data[i]!]! += 1;
    green[image.data[i + 1]!]! += 1;
    blue[image.data[i + 2]!]! += 1;
  }
  return mapChannels(image, [table(red), table(green), table(blue)]);
}

function autoContrastTable(histogram: Histogram): ValueTable {
  const low = histogram.findIndex((count) => count > 0);
  const high = histogram.findLastIndex((count) => count > 0);
  if (high <= low) return identityTable();
  const scale = 255 / (high - low);
  const offset = -low * scale;
  return valueTable((v) => Math.trunc(v * scale + offset));
}

function equalizeTable(histogram: Histogram): ValueTable {
  const highest = histogram.findLastIndex((count) => count > 0);
  const pixels = histogram.reduce((sum, count) => sum + count, 0);
  const step = Math.floor((pixels - histogram[highest]!) / 255);
  if (step === 0) return identityTable(); // also where only one value is used
  let below = Math.floor(step / 2);
  return valueTable((v) => {
    const value = Math.floor(below / step);
    below += histogram[v]!;
    return value;
  });
}

function identityTable(): ValueTable {
  return valueTable((v) => v);
}
