import type { RgbImage } from "../../image.ts";
import { transformed } from "../../simd/arena.ts";

/** What each of the 256 values of a channel becomes. */
export type ValueTable = Uint8ClampedArray;

/** The table of `value`, which must give integers; they are clipped to 0..255. */
export function valueTable(value: (v: number) => number): ValueTable {
  const table = new Uint8ClampedArray(256);
  for (let v = 0; v < 256; v += 1) table[v] = value(v);
  return table;
}

/** Applies one table to all channels. */
export function mapValues(image: RgbImage, table: ValueTable): RgbImage {
  return transformed(image, (code, from, to, arena) => {
    code.mapBytes(from, to, image.data.length, arena.place(Uint8Array.from(table)));
  });
}

/** Applies a table of its own to each channel: red, green, blue. */
export function mapChannels(image: RgbImage, tables: readonly [ValueTable, ValueTable, ValueTable]): RgbImage {
  return transformed(image, (code, from, to, arena) => {
    const at = arena.take(3 * 256);
    for (const [i, table] of tables.entries()) arena.bytesAt(at + i * 256, 256).set(table);
    code.mapChannels(from, to, image.data.length / 3, at);
  });
}

/** ImageOps.invert. */
export const invertTable = (): ValueTable => valueTable((v) => 255 - v);

/** ImageOps.posterize: keeps the top `bits` bits; 0 bits is a black image. Throws unless bits is one of 0..8. */
export function posterizeTable(bits: number): ValueTable {
  if (!(Number.isInteger(bits) && bits >= 0 && bits <= 8)) {
    throw new RangeError(`posterize: bits must be one of 0..8, got ${bits}`);
  }
  const mask = ~(2 ** (8 - bits) - 1);
  return valueTable((v) => v & mask);
}

/** ImageOps.solarize: inverts the values at or above the threshold, which may be a fraction. */
export const solarizeTable = (threshold: number): ValueTable => valueTable((v) => (v < threshold ? v : 255 - v));
