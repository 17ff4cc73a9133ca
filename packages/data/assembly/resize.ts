// Pillow's antialiased resize of bytes (Resample.c): integer weights in units of 2^-22, the horizontal pass first and
// rounded to bytes before the vertical one.
//
// A weight comes in two parts, its upper 11 bits and its lower 11, so that a product of pairs takes two taps at once:
// for every two taps the two upper parts, then the two lower ones, 16 bits each, a last odd tap with a 0 beside it.
// The weighted sums stay below 2^31, and the weights sum to 2^22 so closely that no sum rounds to more than 255.

const HALF = 1 << 21;

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
  const round = i32x4.splat(HALF);
  const none = i32x4.splat(0);
  for (let y = 0; y < rows; y++, from += stride) {
    for (let x = 0; x < width; x++, to += 3) {
      let pixel = from + load<i32>(firsts + x * 4) * 3;
      let weight = weights + x * weightStride;
      let upper = none;
      let lower = round;
      for (let left = load<i32>(pairs + x * 4); left > 0; left--, pixel += 6, weight += 8) {
        const bytes = v128.load_zero<u64>(pixel);
        const values = i8x16.shuffle(bytes, none, 0, 16, 3, 16, 1, 16, 4, 16, 2, 16, 5, 16, 16, 16, 16, 16);
        upper = i32x4.add(upper, i32x4.dot_i16x8_s(values, v128.load_splat<u32>(weight)));
        lower = i32x4.add(lower, i32x4.dot_i16x8_s(values, v128.load_splat<u32>(weight, 4)));
      }
      const sum = i32x4.shr_u(i32x4.add(i32x4.shl(upper, 11), lower), 22);
      v128.store_lane<u32>(to, i8x16.shuffle(sum, sum, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12), 0);
    }
  }
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
      const sum0 = i32x4.shr_u(i32x4.add(i32x4.shl(upper0, 11), lower0), 22);
      const sum1 = i32x4.shr_u(i32x4.add(i32x4.shl(upper1, 11), lower1), 22);
      const sum2 = i32x4.shr_u(i32x4.add(i32x4.shl(upper2, 11), lower2), 22);
      const sum3 = i32x4.shr_u(i32x4.add(i32x4.shl(upper3, 11), lower3), 22);
      v128.store(
        to + x,
        i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(sum0, sum1), i16x8.narrow_i32x4_u(sum2, sum3)),
      );
    }
    to += rowBytes;
  }
}
