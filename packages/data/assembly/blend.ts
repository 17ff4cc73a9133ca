// Image.blend in float32: the difference times the factor is rounded, then its sum with the first image; clipped and
// truncated. Each may read and write up to 63 bytes past the last.

import { luma16 } from "./point";
import { blueOf, greenOf, redOf, storeRgb } from "./rgb";

/** 255, 2^23 and the lowest byte, in memory for the reason that rgb.ts tells. */
const bounds = memory.data<u32>([0x437f0000, 0x4b000000, 255]);

/** Four values. Of a value clipped to 0..255, the float32 next to 2^23 that it makes has its integer at the bottom. */
function blend4(first: v128, second: v128, factor: v128): v128 {
  const start = f32x4.convert_i32x4_s(first);
  const change = f32x4.convert_i32x4_s(i32x4.sub(second, first));
  const sum = f32x4.add(start, f32x4.mul(factor, change));
  const clipped = f32x4.pmin(v128.load_splat<u32>(bounds), f32x4.pmax(f32x4.splat(0), sum));
  const near = f32x4.add(f32x4.floor(clipped), v128.load_splat<u32>(bounds, 4));
  return v128.and(near, v128.load_splat<u32>(bounds, 8));
}

/** Sixteen values. */
function blend16(first: v128, second: v128, factor: v128): v128 {
  const firstLow = i16x8.extend_low_i8x16_u(first);
  const firstHigh = i16x8.extend_high_i8x16_u(first);
  const secondLow = i16x8.extend_low_i8x16_u(second);
  const secondHigh = i16x8.extend_high_i8x16_u(second);
  const a = blend4(i32x4.extend_low_i16x8_u(firstLow), i32x4.extend_low_i16x8_u(secondLow), factor);
  const b = blend4(i32x4.extend_high_i16x8_u(firstLow), i32x4.extend_high_i16x8_u(secondLow), factor);
  const c = blend4(i32x4.extend_low_i16x8_u(firstHigh), i32x4.extend_low_i16x8_u(secondHigh), factor);
  const d = blend4(i32x4.extend_high_i16x8_u(firstHigh), i32x4.extend_high_i16x8_u(secondHigh), factor);
  return i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
}

/** ImageEnhance.Color: from the grey image to the image. */
export function blendWithGrey(from: usize, to: usize, pixels: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  for (let i = 0; i < pixels; i += 16, from += 48, to += 48) {
    const a = v128.load(from);
    const b = v128.load(from, 16);
    const c = v128.load(from, 32);
    const r = redOf(a, b, c);
    const g = greenOf(a, b, c);
    const blue = blueOf(a, b, c);
    const grey = luma16(r, g, blue);
    storeRgb(to, blend16(grey, r, factors), blend16(grey, g, factors), blend16(grey, blue, factors));
  }
}

/**
 * ImageEnhance.Sharpness: from the image under ImageFilter.SMOOTH to the image. A pixel of the smooth one weighs 5/13, its
 * eight neighbours 1/13 each; the outermost pixels are copied, and so is a whole image under 3 pixels either way.
 *
 * Pillow sums in float32 from 0.5 on and truncates. Integers give the same bytes: a thirteenth of a sum is never nearer
 * than 1/26 to a half, and the roundings of float32 are a hundred times smaller. Here sum / 13 is a product with 2521 / 2^15,
 * rounded; counted from the middle, 128 * 13, it is less than 0.02 off.
 */
export function blendWithSmooth(from: usize, to: usize, width: i32, height: i32, factor: f32): void {
  const rowBytes = width * 3;
  if (width < 3 || height < 3) {
    memory.copy(to, from, rowBytes * height);
    return;
  }
  memory.copy(to, from, rowBytes);
  for (let y = 1; y < height - 1; y++) {
    const row = from + y * rowBytes;
    const out = to + y * rowBytes;
    store<u32>(out, load<u32>(row));
    smoothRow(row, out, rowBytes, factor);
    const end = row + rowBytes - 3;
    store<u16>(out + rowBytes - 3, load<u16>(end));
    store<u8>(out + rowBytes - 3, load<u8>(end, 2), 2);
  }
  const last = (height - 1) * rowBytes;
  memory.copy(to + last, from + last, rowBytes);
}

/** A row's bytes but for the first pixel's; up to 15 too many. */
function smoothRow(row: usize, out: usize, rowBytes: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  const middle = i16x8.splat(128 * 13);
  const thirteenth = i16x8.splat(2521);
  for (let x = 3; x < rowBytes - 3; x += 16) {
    const at = row + x;
    const low = i16x8.q15mulr_sat_s(i16x8.sub(sum8(at, rowBytes), middle), thirteenth);
    const high = i16x8.q15mulr_sat_s(i16x8.sub(sum8(at + 8, rowBytes), middle), thirteenth);
    const smooth = v128.xor(i8x16.narrow_i16x8_s(low, high), i8x16.splat(-128));
    v128.store(out + x, blend16(smooth, v128.load(at), factors));
  }
}

/** Of eight bytes: five times each and its neighbours. */
function sum8(at: usize, rowBytes: i32): v128 {
  const above = at - rowBytes;
  const below = at + rowBytes;
  const upper = i16x8.add(
    i16x8.add(v128.load_ext<u8>(above - 3), v128.load_ext<u8>(above)),
    v128.load_ext<u8>(above + 3),
  );
  const lower = i16x8.add(
    i16x8.add(v128.load_ext<u8>(below - 3), v128.load_ext<u8>(below)),
    v128.load_ext<u8>(below + 3),
  );
  const beside = i16x8.add(v128.load_ext<u8>(at - 3), v128.load_ext<u8>(at + 3));
  const own = i16x8.mul(v128.load_ext<u8>(at), i16x8.splat(5));
  return i16x8.add(i16x8.add(upper, lower), i16x8.add(beside, own));
}
