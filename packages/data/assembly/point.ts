// Operations on values by themselves. Each may read and write up to 63 bytes past the last.

import { blueOf, greenOf, redOf } from "./rgb";

/** What two bytes become, by both: 65536 16-bit entries. */
const pairs = memory.data(1 << 17, 16);

/** Each byte becomes its entry in a table of 256: by two bytes at once, of which a table is made first. */
export function mapBytes(from: usize, to: usize, bytes: i32, table: usize): void {
  for (let second = 0; second < 256; second++) {
    const high = i8x16.splat(load<u8>(table + second));
    const row = pairs + (second << 9);
    for (let first = 0; first < 256; first += 16) {
      const low = v128.load(table + first);
      const at = row + first * 2;
      v128.store(at, i8x16.shuffle(low, high, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
      v128.store(at, i8x16.shuffle(low, high, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), 16);
    }
  }
  for (let i = 0; i < bytes; i += 8) {
    const eight = load<u64>(from + i);
    store<u64>(
      to + i,
      (<u64>load<u16>(pairs + ((<usize>(eight & 0xffff)) << 1))) |
        ((<u64>load<u16>(pairs + ((<usize>((eight >> 16) & 0xffff)) << 1))) << 16) |
        ((<u64>load<u16>(pairs + ((<usize>((eight >> 32) & 0xffff)) << 1))) << 32) |
        ((<u64>load<u16>(pairs + ((<usize>(eight >> 48)) << 1))) << 48),
    );
  }
}

/** The bytes from `to` on as pixels of one colour, in turn its first, second and third byte. */
export function fillPixels(to: usize, bytes: i32, first: i32, second: i32, third: i32): void {
  if (first === second && second === third) {
    memory.fill(to, <u8>first, bytes);
    return;
  }
  const word = (<u64>first) | ((<u64>second) << 8) | ((<u64>third) << 16);
  for (let i = 0; i < bytes; i += 12) {
    store<u64>(to + i, word | (word << 24) | (word << 48));
    store<u32>(to + i, third | (first << 8) | (second << 16) | (third << 24), 8);
  }
}

/** The same with a table for each channel, one after another. */
export function mapChannels(from: usize, to: usize, pixels: i32, tables: usize): void {
  const green = tables + 256;
  const blue = tables + 512;
  for (let i = 0; i < pixels; i += 4, from += 12, to += 12) {
    const low = load<u64>(from);
    const high = load<u32>(from, 8);
    store<u64>(
      to,
      (<u64>load<u8>(tables + <usize>(low & 255))) |
        ((<u64>load<u8>(green + <usize>((low >> 8) & 255))) << 8) |
        ((<u64>load<u8>(blue + <usize>((low >> 16) & 255))) << 16) |
        ((<u64>load<u8>(tables + <usize>((low >> 24) & 255))) << 24) |
        ((<u64>load<u8>(green + <usize>((low >> 32) & 255))) << 32) |
        ((<u64>load<u8>(blue + <usize>((low >> 40) & 255))) << 40) |
        ((<u64>load<u8>(tables + <usize>((low >> 48) & 255))) << 48) |
        ((<u64>load<u8>(green + <usize>(low >> 56))) << 56),
    );
    store<u32>(
      to,
      (<u32>load<u8>(blue + (high & 255))) |
        ((<u32>load<u8>(tables + ((high >> 8) & 255))) << 8) |
        ((<u32>load<u8>(green + ((high >> 16) & 255))) << 16) |
        ((<u32>load<u8>(blue + (high >> 24))) << 24),
      8,
    );
  }
}

/** How often each channel has each value: 3 x 256 32-bit counts, which are set. */
export function countValues(from: usize, pixels: i32, counts: usize): void {
  // Two of each, so that equal neighbours need not wait for one another.
  memory.fill(counts, 0, 2 * 3072);
  let i = 0;
  for (; i + 2 <= pixels; i += 2, from += 6) {
    const low = load<u32>(from);
    const high = load<u16>(from, 4);
    bump(counts + ((low & 255) << 2));
    bump(counts + 1024 + (((low >> 8) & 255) << 2));
    bump(counts + 2048 + (((low >> 16) & 255) << 2));
    bump(counts + 3072 + ((low >> 24) << 2));
    bump(counts + 4096 + ((high & 255) << 2));
    bump(counts + 5120 + ((high >> 8) << 2));
  }
  if (i < pixels) {
    bump(counts + ((<usize>load<u8>(from)) << 2));
    bump(counts + 1024 + ((<usize>load<u8>(from, 1)) << 2));
    bump(counts + 2048 + ((<usize>load<u8>(from, 2)) << 2));
  }
  for (let at: usize = counts; at < counts + 3072; at += 16) {
    v128.store(at, i32x4.add(v128.load(at), v128.load(at, 3072)));
  }
}

function bump(at: usize): void {
  store<u32>(at, load<u32>(at) + 1);
}

/** Image.convert("L") of four pixels: ITU-R 601 luma in 16.16 fixed point. */
function lumaOf(rg: v128, b1: v128): v128 {
  const sum = i32x4.add(
    i32x4.dot_i16x8_s(rg, i32x4.splat(19595 | ((38470 - 65536) << 16))),
    i32x4.dot_i16x8_s(b1, i32x4.splat(7471 | (16384 << 16))),
  );
  return i32x4.shr_s(sum, 16);
}

/** Luma of sixteen pixels as bytes. */
export function luma16(r: v128, g: v128, b: v128): v128 {
  const two = i8x16.splat(2);
  const rgl = i8x16.shuffle(r, g, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const rgh = i8x16.shuffle(r, g, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const bl = i8x16.shuffle(b, two, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const bh = i8x16.shuffle(b, two, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const low = i16x8.narrow_i32x4_s(
    lumaOf(i16x8.extend_low_i8x16_u(rgl), i16x8.extend_low_i8x16_u(bl)),
    lumaOf(i16x8.extend_high_i8x16_u(rgl), i16x8.extend_high_i8x16_u(bl)),
  );
  const high = i16x8.narrow_i32x4_s(
    lumaOf(i16x8.extend_low_i8x16_u(rgh), i16x8.extend_low_i8x16_u(bh)),
    lumaOf(i16x8.extend_high_i8x16_u(rgh), i16x8.extend_high_i8x16_u(bh)),
  );
  // Green's factor is past 16 bits: 2^16 of it is green itself.
  return i8x16.narrow_i16x8_u(
    i16x8.add(low, i16x8.extend_low_i8x16_u(g)),
    i16x8.add(high, i16x8.extend_high_i8x16_u(g)),
  );
}

/** The sum of all pixels' luma. */
export function sumLuma(from: usize, pixels: i32): f64 {
  let total: u64 = 0;
  let i = 0;
  for (; i + 16 <= pixels; i += 16, from += 48) {
    const a = v128.load(from);
    const b = v128.load(from, 16);
    const c = v128.load(from, 32);
    const luma = luma16(redOf(a, b, c), greenOf(a, b, c), blueOf(a, b, c));
    const fours = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(luma));
    const twos = i64x2.add(i64x2.extend_low_i32x4_u(fours), i64x2.extend_high_i32x4_u(fours));
    total += i64x2.extract_lane(twos, 0) + i64x2.extract_lane(twos, 1);
  }
  for (; i < pixels; i++, from += 3) {
    total +=
      (19595 * <u32>load<u8>(from) + 38470 * <u32>load<u8>(from, 1) + 7471 * <u32>load<u8>(from, 2) + 32768) >> 16;
  }
  return <f64>total;
}
