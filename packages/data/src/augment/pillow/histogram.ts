import type { RgbImage } from "../../image.ts";
import { inArena } from "../../simd/arena.ts";
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
  return inArena(() => {
    const [red, green, blue] = histogramsOf(image);
    return mapChannels(image, [table(red), table(green), table(blue)]);
  });
}

/** Of red, green and blue. */
function histogramsOf({ data }: RgbImage): [Histogram, Histogram, Histogram] {
  return inArena((arena) => {
    const counts = arena.take(2 * 3 * 1024); // twice as much as they fill
    arena.code.countValues(arena.place(data), data.length / 3, counts);
    const all = new Uint32Array(arena.bytesAt(counts, 3 * 1024).slice().buffer);
    return [all.subarray(0, 256), all.subarray(256, 512), all.subarray(512)];
  });
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
