// Pillow's antialiased resize of bytes (Resample.c): integer weights in units of 2^-22, the horizontal pass first and
// rounded to bytes before the vertical one.
//
// A weight comes in two parts, its upper 11 bits and its lower 11, so that a product of pairs takes two taps at once:
// for every two taps the two upper parts, then the two lower ones, 16 bits each, a last odd tap with a 0 beside it.
// The weighted sums stay below 2^31, and the weights sum to 2^22 so closely that no sum rounds to more than 255.

const HALF = 1 << 21;

/** The order of bytes that `twoPixels` needs, in memory for the reason that rgb.ts tells; 255 gives 0. */
const pixelPairs = memory.data<u8>([0, 255, 3, 255, 1, 255, 4, 255, 2, 255, 5, 255, 255, 255, 255, 255]);

/**
 * `rows` rows of `width` RGB pixels, from rows `stride` bytes apart. `firsts` and `pairs` have, for each column, the first
 * pixel that it reads and how many pairs of taps it has; `weights` the parts, `weightStride` bytes for each column.
 */
export function resizeAcross(
  from: usize,
  stride: usize,
  rows: i32,
  to: usize,
  width: i32,
  firsts: usize,
  pairs: usize,
  weights: usize,
  weightStride: usize,
): void {
  // Four rows at once read the weights once; past the last row it is the last again.
  for (let y = 0; y < rows; y += 4) {
    const row1 = min(y + 1, rows - 1);
    const row2 = min(y + 2, rows - 1);
    const row3 = min(y + 3, rows - 1);
    fourRows(
      from + y * stride,
      (row1 - y) * stride,
      (row2 - y) * stride,
      (row3 - y) * stride,
      to + y * width * 3,
      (row1 - y) * width * 3,
      (row2 - y) * width * 3,
      (row3 - y) * width * 3,
      width,
      firsts,
      pairs,
      weights,
      weightStride,
    );
  }
}

/** A row, and three more at these distances from where it is read and written. */
function fourRows(
  from: usize,
  from1: usize,
  from2: usize,
  from3: usize,
  to: usize,
  to1: usize,
  to2: usize,
  to3: usize,
  width: i32,
  firsts: usize,
  pairs: usize,
  weights: usize,
  weightStride: usize,
): void {
  const order = v128.load(pixelPairs);
  const none = i32x4.splat(0);
  const round = i32x4.splat(HALF);
  for (let x = 0; x < width; x++, to += 3) {
    let pixel = from + load<i32>(firsts + x * 4) * 3;
    let weight = weights + x * weightStride;
    let upper0 = none;
    let upper1 = none;
    let upper2 = none;
    let upper3 = none;
    let lower0 = round;
    let lower1 = round;
    let lower2 = round;
    let lower3 = round;
    for (let left = load<i32>(pairs + x * 4); left > 0; left--, pixel += 6, weight += 8) {
      const factor1 = v128.load_splat<u32>(weight);
      const factor0 = v128.load_splat<u32>(weight, 4);
      const values0 = twoPixels(pixel, order);
      const values1 = twoPixels(pixel + from1, order);
      const values2 = twoPixels(pixel + from2, order);
      const values3 = twoPixels(pixel + from3, order);
      upper0 = i32x4.add(upper0, i32x4.dot_i16x8_s(values0, factor1));
      lower0 = i32x4.add(lower0, i32x4.dot_i16x8_s(values0, factor0));
      upper1 = i32x4.add(upper1, i32x4.dot_i16x8_s(values1, factor1));
      lower1 = i32x4.add(lower1, i32x4.dot_i16x8_s(values1, factor0));
      upper2 = i32x4.add(upper2, i32x4.dot_i16x8_s(values2, factor1));
      lower2 = i32x4.add(lower2, i32x4.dot_i16x8_s(values2, factor0));
      upper3 = i32x4.add(upper3, i32x4.dot_i16x8_s(values3, factor1));
      lower3 = i32x4.add(lower3, i32x4.dot_i16x8_s(values3, factor0));
    }
    const bytes = fourSums(upper0, lower0, upper1, lower1, upper2, lower2, upper3, lower3);
    if (x + 1 < width) {
      // The fourth byte is the next pixel's, which overwrites it.
      v128.store_lane<u32>(to, bytes, 0);
      v128.store_lane<u32>(to + to1, bytes, 1);
      v128.store_lane<u32>(to + to2, bytes, 2);
      v128.store_lane<u32>(to + to3, bytes, 3);
    } else {
      v128.store_lane<u16>(to, bytes, 0);
      v128.store_lane<u8>(to, bytes, 2, 2);
      v128.store_lane<u16>(to + to1, bytes, 2);
      v128.store_lane<u8>(to + to1, bytes, 6, 2);
      v128.store_lane<u16>(to + to2, bytes, 4);
      v128.store_lane<u8>(to + to2, bytes, 10, 2);
      v128.store_lane<u16>(to + to3, bytes, 6);
      v128.store_lane<u8>(to + to3, bytes, 14, 2);
    }
  }
}

/** Of two neighbouring pixels the reds, the greens and the blues, as 16-bit numbers, and two zeros; `order` is `pixelPairs`. */
function twoPixels(at: usize, order: v128): v128 {
  return i8x16.swizzle(v128.load_zero<u64>(at), order);
}

/** Sixteen sums of weighted bytes as bytes. */
function fourSums(
  upper0: v128,
  lower0: v128,
  upper1: v128,
  lower1: v128,
  upper2: v128,
  lower2: v128,
  upper3: v128,
  lower3: v128,
): v128 {
  const sum0 = i32x4.shr_u(i32x4.add(i32x4.shl(upper0, 11), lower0), 22);
  const sum1 = i32x4.shr_u(i32x4.add(i32x4.shl(upper1, 11), lower1), 22);
  const sum2 = i32x4.shr_u(i32x4.add(i32x4.shl(upper2, 11), lower2), 22);
  const sum3 = i32x4.shr_u(i32x4.add(i32x4.shl(upper3, 11), lower3), 22);
  return i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(sum0, sum1), i16x8.narrow_i32x4_u(sum2, sum3));
}

/**
 * `height` rows of `rowBytes` bytes, written 16 at a time, from rows as long that lie one after another. `firsts`, `pairs`
 * and `weights` are as `resizeAcross` has them, of rows; a row past the last may be read, with the weight 0.
 */
export function resizeDown(
  from: usize,
  rowBytes: i32,
  to: usize,
  height: i32,
  firsts: usize,
  pairs: usize,
  weights: usize,
  weightStride: usize,
): void {
  const none = i32x4.splat(0);
  const round = i32x4.splat(HALF);
  for (let y = 0; y < height; y++) {
    const top = from + load<i32>(firsts + y * 4) * rowBytes;
    const many = load<i32>(pairs + y * 4);
    for (let x = 0; x < rowBytes; x += 16) {
      let row = top + x;
      let weight = weights + y * weightStride;
      let upper0 = none;
      let upper1 = none;
      let upper2 = none;
      let upper3 = none;
      let lower0 = round;
      let lower1 = round;
      let lower2 = round;
      let lower3 = round;
      for (let left = many; left > 0; left--, row += 2 * rowBytes, weight += 8) {
        const a = v128.load(row);
        const b = v128.load(row + rowBytes);
        const low = i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        const high = i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        const values0 = i16x8.extend_low_i8x16_u(low);
        const values1 = i16x8.extend_high_i8x16_u(low);
        const values2 = i16x8.extend_low_i8x16_u(high);
        const values3 = i16x8.extend_high_i8x16_u(high);
        const factor1 = v128.load_splat<u32>(weight);
        const factor0 = v128.load_splat<u32>(weight, 4);
        upper0 = i32x4.add(upper0, i32x4.dot_i16x8_s(values0, factor1));
        lower0 = i32x4.add(lower0, i32x4.dot_i16x8_s(values0, factor0));
        upper1 = i32x4.add(upper1, i32x4.dot_i16x8_s(values1, factor1));
        lower1 = i32x4.add(lower1, i32x4.dot_i16x8_s(values1, factor0));
        upper2 = i32x4.add(upper2, i32x4.dot_i16x8_s(values2, factor1));
        lower2 = i32x4.add(lower2, i32x4.dot_i16x8_s(values2, factor0));
        upper3 = i32x4.add(upper3, i32x4.dot_i16x8_s(values3, factor1));
        lower3 = i32x4.add(lower3, i32x4.dot_i16x8_s(values3, factor0));
      }
      v128.store(to + x, fourSums(upper0, lower0, upper1, lower1, upper2, lower2, upper3, lower3));
    }
    to += rowBytes;
  }
}
