import { rgbImage } from "../../src/image.ts";
import type { RgbImage } from "../../src/image.ts";

/** What each of the 256 values of a channel becomes. */
export type ValueTable = Uint8ClampedArray;

/** The table of `value`, which must give integers; they are clipped to 0..255. */
export function valueTable(value: (v: number) => number): ValueTable {
  return Uint8ClampedArray.from({ length: 256 }, (_, v) => value(v));
}

/** Applies one table to all channels. */
export function mapValues({ width, height, data }: RgbImage, table: ValueTable): RgbImage {
  const out = new Uint8Array(data.length);
  for (let i = 0; i < out.length; i += 1) out[i] = table[data[i]!]!;
  return rgbImage(width, height, out);
}

/** Applies a table of its own to each channel: red, green, blue. */
export function mapChannels(image: RgbImage, tables: readonly [ValueTable, ValueTable, ValueTable]): RgbImage {
  const { width, height, data } = image;
  const [red, green, blue] = tables;
  const out = new Uint8Array(data.length);
  for (let i = 0; i < out.length; i += 3) {
    out[i] = red[data[i]!]!;
    out[i + 1] = green[data[i + 1]!]!;
    out[i + 2] = blue[data[i + 2]!]!;
  }
  return rgbImage(width, height, out);
}
