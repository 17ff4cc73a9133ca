// libjpeg's accurate integer inverse DCT (jidctint.c), instruction for instruction as its SIMD code does it (jidctint-sse2.asm):
// also where damaged coefficients leave 16 bits, the same ones wrap and the same ones saturate.

const half = memory.data(128, 16);

/**
 * Pairs of factors in units of 2^-13, for products of pairs; in memory, since V8 puts a constant in the code together anew at each
 * use. They are jidctint.c's constants, as 0.298631336 is 2446, added as jidctint-sse2.asm adds them.
 */
const factors = memory.data<i16>([
  4433 + 6270,
  4433,
  4433,
  4433 - 15137, // even part
  9633 - 16069,
  9633,
  9633,
  9633 - 3196, // z3 and z4
  2446 - 7373,
  -7373,
  -7373,
  12299 - 7373, // odd part
  16819 - 20995,
  -20995,
  -20995,
  25172 - 20995,
]);

function lowPairs(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23);
}

function highPairs(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31);
}

function lowQuads(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
}

function highQuads(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
}

function lowHalves(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
}

function highHalves(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
}

/** (a + b) / 2^shift, rounded, of four columns and the four beside them. */
function sums(low: v128, lowB: v128, high: v128, highB: v128, round: v128, shift: i32): v128 {
  return i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(i32x4.add(low, lowB), round), shift),
    i32x4.shr_s(i32x4.add(i32x4.add(high, highB), round), shift),
  );
}

function differences(low: v128, lowB: v128, high: v128, highB: v128, round: v128, shift: i32): v128 {
  return i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(i32x4.sub(low, lowB), round), shift),
    i32x4.shr_s(i32x4.add(i32x4.sub(high, highB), round), shift),
  );
}

/** One pass: each column of the 8 x 8 16-bit values transformed and divided by 2^shift, and all stored transposed. */
function pass(from: usize, to: usize, shift: i32): void {
  const row0 = v128.load(from);
  const row1 = v128.load(from, 16);
  const row2 = v128.load(from, 32);
  const row3 = v128.load(from, 48);
  const row4 = v128.load(from, 64);
  const row5 = v128.load(from, 80);
  const row6 = v128.load(from, 96);
  const row7 = v128.load(from, 112);
  const zero = i32x4.splat(0);
  const round = i32x4.splat(1 << (shift - 1));

  // The even part.
  let a = lowPairs(row2, row6);
  let b = highPairs(row2, row6);
  const factor3 = v128.load_splat<u32>(factors);
  const factor2 = v128.load_splat<u32>(factors, 4);
  const even3l = i32x4.dot_i16x8_s(a, factor3);
  const even3h = i32x4.dot_i16x8_s(b, factor3);
  const even2l = i32x4.dot_i16x8_s(a, factor2);
  const even2h = i32x4.dot_i16x8_s(b, factor2);
  const plus = i16x8.add(row0, row4);
  const minus = i16x8.sub(row0, row4);
  const even0l = i32x4.shr_s(lowPairs(zero, plus), 3); // times 2^13
  const even0h = i32x4.shr_s(highPairs(zero, plus), 3);
  const even1l = i32x4.shr_s(lowPairs(zero, minus), 3);
  const even1h = i32x4.shr_s(highPairs(zero, minus), 3);
  const ten0l = i32x4.add(even0l, even3l);
  const ten0h = i32x4.add(even0h, even3h);
  const ten3l = i32x4.sub(even0l, even3l);
  const ten3h = i32x4.sub(even0h, even3h);
  const ten1l = i32x4.add(even1l, even2l);
  const ten1h = i32x4.add(even1h, even2h);
  const ten2l = i32x4.sub(even1l, even2l);
  const ten2h = i32x4.sub(even1h, even2h);

  // The odd part.
  const z3 = i16x8.add(row3, row7);
  const z4 = i16x8.add(row1, row5);
  a = lowPairs(z3, z4);
  b = highPairs(z3, z4);
  const factorZ3 = v128.load_splat<u32>(factors, 8);
  const factorZ4 = v128.load_splat<u32>(factors, 12);
  const z3l = i32x4.dot_i16x8_s(a, factorZ3);
  const z3h = i32x4.dot_i16x8_s(b, factorZ3);
  const z4l = i32x4.dot_i16x8_s(a, factorZ4);
  const z4h = i32x4.dot_i16x8_s(b, factorZ4);
  a = lowPairs(row7, row1);
  b = highPairs(row7, row1);
  const factorO0 = v128.load_splat<u32>(factors, 16);
  const factorO3 = v128.load_splat<u32>(factors, 20);
  const odd0l = i32x4.add(i32x4.dot_i16x8_s(a, factorO0), z3l);
  const odd0h = i32x4.add(i32x4.dot_i16x8_s(b, factorO0), z3h);
  const odd3l = i32x4.add(i32x4.dot_i16x8_s(a, factorO3), z4l);
  const odd3h = i32x4.add(i32x4.dot_i16x8_s(b, factorO3), z4h);
  a = lowPairs(row5, row3);
  b = highPairs(row5, row3);
  const factorO1 = v128.load_splat<u32>(factors, 24);
  const factorO2 = v128.load_splat<u32>(factors, 28);
  const odd1l = i32x4.add(i32x4.dot_i16x8_s(a, factorO1), z4l);
  const odd1h = i32x4.add(i32x4.dot_i16x8_s(b, factorO1), z4h);
  const odd2l = i32x4.add(i32x4.dot_i16x8_s(a, factorO2), z3l);
  const odd2h = i32x4.add(i32x4.dot_i16x8_s(b, factorO2), z3h);

  const out0 = sums(ten0l, odd3l, ten0h, odd3h, round, shift);
  const out7 = differences(ten0l, odd3l, ten0h, odd3h, round, shift);
  const out1 = sums(ten1l, odd2l, ten1h, odd2h, round, shift);
  const out6 = differences(ten1l, odd2l, ten1h, odd2h, round, shift);
  const out2 = sums(ten2l, odd1l, ten2h, odd1h, round, shift);
  const out5 = differences(ten2l, odd1l, ten2h, odd1h, round, shift);
  const out3 = sums(ten3l, odd0l, ten3h, odd0h, round, shift);
  const out4 = differences(ten3l, odd0l, ten3h, odd0h, round, shift);

  // 8 x 8 transposed: by values, by pairs, by fours.
  const v01l = lowPairs(out0, out1);
  const v01h = highPairs(out0, out1);
  const v23l = lowPairs(out2, out3);
  const v23h = highPairs(out2, out3);
  const v45l = lowPairs(out4, out5);
  const v45h = highPairs(out4, out5);
  const v67l = lowPairs(out6, out7);
  const v67h = highPairs(out6, out7);
  const p0 = lowQuads(v01l, v23l);
  const p1 = highQuads(v01l, v23l);
  const p2 = lowQuads(v01h, v23h);
  const p3 = highQuads(v01h, v23h);
  const q0 = lowQuads(v45l, v67l);
  const q1 = highQuads(v45l, v67l);
  const q2 = lowQuads(v45h, v67h);
  const q3 = highQuads(v45h, v67h);
  v128.store(to, lowHalves(p0, q0));
  v128.store(to, highHalves(p0, q0), 16);
  v128.store(to, lowHalves(p1, q1), 32);
  v128.store(to, highHalves(p1, q1), 48);
  v128.store(to, lowHalves(p2, q2), 64);
  v128.store(to, highHalves(p2, q2), 80);
  v128.store(to, lowHalves(p3, q3), 96);
  v128.store(to, highHalves(p3, q3), 112);
}

/** Two rows of eight samples from two rows of eight values about 0. */
function storeRows(from: usize, to: usize, stride: usize): void {
  const bytes = i8x16.narrow_i16x8_s(v128.load(from), v128.load(from, 16));
  const samples = v128.xor(bytes, i8x16.splat(-128));
  v128.store_lane<u64>(to, samples, 0);
  v128.store_lane<u64>(to + stride, samples, 1);
}

/** A block of nothing but its mean. */
export function flatBlock(dc: i32, to: usize, stride: usize): void {
  const scaled = <i32>(<i16>(dc << 2));
  const value = min(max((scaled + 16) >> 5, -128), 127) + 128;
  const samples = i8x16.splat(<i8>value);
  for (let row = 0; row < 8; row++) v128.store_lane<u64>(to + row * stride, samples, 0);
}

/** The 8 x 8 samples of a block's coefficients, which were multiplied by their steps. */
export function inverseDct(block: usize, to: usize, stride: usize): void {
  let rest = v128.load(block, 16);
  for (let row = 32; row < 128; row += 16) rest = v128.or(rest, v128.load(block + row));
  if (v128.any_true(rest)) {
    pass(block, half, 11);
  } else {
    for (let x = 0; x < 8; x++) v128.store(half + x * 16, i16x8.splat(<i16>(load<i16>(block + x * 2) << 2)));
  }
  pass(half, block, 18);
  storeRows(block, to, stride);
  storeRows(block + 32, to + 2 * stride, stride);
  storeRows(block + 64, to + 4 * stride, stride);
  storeRows(block + 96, to + 6 * stride, stride);
}
