// Sixteen RGB pixels, 48 bytes, as sixteen values of each channel and back.
//
// Orders of bytes come from memory: a constant that stands in the code, V8 puts together anew at each use, and for a shuffle
// of two vectors it does so twice.

/** Nine orders of bytes: of red, green and blue in each of the three vectors that they are put together to; 255 gives 0. */
const together = memory.data<u8>([
  0, 255, 255, 1, 255, 255, 2, 255, 255, 3, 255, 255, 4, 255, 255, 5, 255, 0, 255, 255, 1, 255, 255, 2, 255, 255, 3,
  255, 255, 4, 255, 255, 255, 255, 0, 255, 255, 1, 255, 255, 2, 255, 255, 3, 255, 255, 4, 255, 255, 255, 6, 255, 255, 7,
  255, 255, 8, 255, 255, 9, 255, 255, 10, 255, 5, 255, 255, 6, 255, 255, 7, 255, 255, 8, 255, 255, 9, 255, 255, 10, 255,
  5, 255, 255, 6, 255, 255, 7, 255, 255, 8, 255, 255, 9, 255, 255, 255, 11, 255, 255, 12, 255, 255, 13, 255, 255, 14,
  255, 255, 15, 255, 255, 255, 255, 11, 255, 255, 12, 255, 255, 13, 255, 255, 14, 255, 255, 15, 255, 10, 255, 255, 11,
  255, 255, 12, 255, 255, 13, 255, 255, 14, 255, 255, 15,
]);

/** And of the three vectors in each channel. */
const apart = memory.data<u8>([
  0, 3, 6, 9, 12, 15, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2, 5, 8, 11, 14,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 4, 7, 10, 13, 1, 4, 7, 10, 13, 255,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 3, 6, 9, 12, 15, 255, 255, 255, 255,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2, 5, 8, 11, 14, 2, 5, 8, 11, 14, 255, 255, 255, 255, 255,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 4, 7, 10, 13, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  255, 255, 255, 255, 255, 255, 255, 0, 3, 6, 9, 12, 15,
]);

/** Of three vectors the bytes that three orders choose. */
function chosen(a: v128, b: v128, c: v128, orders: usize): v128 {
  return v128.or(
    v128.or(i8x16.swizzle(a, v128.load(orders)), i8x16.swizzle(b, v128.load(orders, 16))),
    i8x16.swizzle(c, v128.load(orders, 32)),
  );
}

export function storeRgb(to: usize, r: v128, g: v128, b: v128): void {
  v128.store(to, chosen(r, g, b, together));
  v128.store(to, chosen(r, g, b, together + 48), 16);
  v128.store(to, chosen(r, g, b, together + 96), 32);
}

export function redOf(a: v128, b: v128, c: v128): v128 {
  return chosen(a, b, c, apart);
}

export function greenOf(a: v128, b: v128, c: v128): v128 {
  return chosen(a, b, c, apart + 48);
}

export function blueOf(a: v128, b: v128, c: v128): v128 {
  return chosen(a, b, c, apart + 96);
}
