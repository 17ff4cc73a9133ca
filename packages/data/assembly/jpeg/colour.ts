// From planes of samples to RGB: libjpeg's triangle filter for chroma ("fancy upsampling", jdsample.c) and its YCbCr
// equations (jdcolor.c), whose products are rounded to integers one by one.

import { storeRgb } from "../rgb";

/** Of a row of chroma, with eight samples to spare on both sides; the longest side of an image is 2^14. */
const SUMS_BYTES = (16384 / 2 + 64) * 2;
const sums = memory.data(2 * SUMS_BYTES, 16);

/** Columns `left` to `right` - 1 and rows `top` to `bottom` - 1 of a grey plane as RGB. May write 48 bytes past a row. */
export function greyToRgb(
  luma: usize,
  stride: usize,
  left: i32,
  right: i32,
  top: i32,
  bottom: i32,
  out: usize,
  outStride: usize,
): void {
  for (let y = top; y < bottom; y++) {
    let from = luma + y * stride + left;
    let to = out + y * outStride + left * 3;
    for (let x = left; x < right; x += 16, from += 16, to += 48) {
      const grey = v128.load(from);
      storeRgb(to, grey, grey, grey);
    }
  }
}

/**
 * The same of three planes; chroma has half the columns if `across` is 2, half the rows if `down` is 2, and `chromaWidth`
 * x `chromaHeight` samples that the picture has. `left` is a multiple of 16.
 */
export function planesToRgb(
  luma: usize,
  lumaStride: usize,
  blue: usize,
  red: usize,
  chromaStride: usize,
  across: i32,
  down: i32,
  chromaWidth: i32,
  chromaHeight: i32,
  left: i32,
  right: i32,
  top: i32,
  bottom: i32,
  out: usize,
  outStride: usize,
): void {
  for (let y = top; y < bottom; y++) {
    let from = luma + y * lumaStride + left;
    let to = out + y * outStride + left * 3;
    if (across === 1) {
      let at = y * chromaStride + left;
      for (let x = left; x < right; x += 16, from += 16, to += 48, at += 16) {
        storeColours(to, v128.load(from), v128.load(blue + at), v128.load(red + at));
      }
      continue;
    }
    const near = down === 2 ? y >> 1 : y;
    const far = down === 1 ? near : (y & 1) === 0 ? max(near - 1, 0) : min(near + 1, chromaHeight - 1);
    const first = max((left >> 1) - 8, 0);
    const end = min(((right + 15) >> 1) + 8, chromaWidth);
    addRows(blue + near * chromaStride, blue + far * chromaStride, down, first, end, chromaWidth, sums);
    addRows(red + near * chromaStride, red + far * chromaStride, down, first, end, chromaWidth, sums + SUMS_BYTES);
    const evenBias = i16x8.splat(down === 2 ? 8 : 1);
    const oddBias = i16x8.splat(down === 2 ? 7 : 2);
    const shift = down === 2 ? 4 : 2;
    let at: usize = sums + 16 + left;
    for (let x = left; x < right; x += 16, from += 16, to += 48, at += 16) {
      const cb = spread(at, evenBias, oddBias, shift);
      const cr = spread(at + SUMS_BYTES, evenBias, oddBias, shift);
      storeColours(to, v128.load(from), cb, cr);
    }
  }
}

/** Samples `first` to `end` - 1 of a row of chroma, 3 parts of the nearer and 1 of the farther, and the edge's repeated. */
function addRows(near: usize, far: usize, down: i32, first: i32, end: i32, width: i32, to: usize): void {
  const three = i16x8.splat(3);
  const start = to + 16;
  for (let x = first; x < end; x += 8) {
    let sum = v128.load_ext<u8>(near + x);
    if (down === 2) sum = i16x8.add(i16x8.mul(sum, three), v128.load_ext<u8>(far + x));
    v128.store(start + x * 2, sum);
  }
  if (first === 0) store<u16>(start - 2, load<u16>(start));
  if (end === width) store<u16>(start + width * 2, load<u16>(start + (width - 1) * 2));
}

/** Sixteen samples from eight sums and their neighbours. */
function spread(at: usize, evenBias: v128, oddBias: v128, shift: i32): v128 {
  const sum = v128.load(at);
  const three = i16x8.mul(sum, i16x8.splat(3));
  const even = i16x8.shr_u(i16x8.add(i16x8.add(three, v128.load(at - 2)), evenBias), shift);
  const odd = i16x8.shr_u(i16x8.add(i16x8.add(three, v128.load(at + 2)), oddBias), shift);
  return v128.or(even, i16x8.shl(odd, 8));
}

/** Factors and 128s, in memory for the reason that rgb.ts tells: of the shares of red, blue and, in pairs, green; 2^15. */
const shares = memory.data<i32>([13173 | (13173 << 16), 7471 | (7471 << 16), (-22554 & 0xffff) | (18734 << 16), 32768]);
const centres = memory.data<u32>([0x80808080]);

/** Sixteen pixels. */
function storeColours(to: usize, luma: v128, blue: v128, red: v128): void {
  const centre = v128.load_splat<u32>(centres);
  const cb = v128.xor(blue, centre);
  const cr = v128.xor(red, centre);
  const yl = i16x8.extend_low_i8x16_u(luma);
  const yh = i16x8.extend_high_i8x16_u(luma);
  const cbl = i16x8.extend_low_i8x16_s(cb);
  const cbh = i16x8.extend_high_i8x16_s(cb);
  const crl = i16x8.extend_low_i8x16_s(cr);
  const crh = i16x8.extend_high_i8x16_s(cr);
  storeRgb(
    to,
    i8x16.narrow_i16x8_u(i16x8.add(yl, redShare(crl)), i16x8.add(yh, redShare(crh))),
    i8x16.narrow_i16x8_u(i16x8.add(yl, greenShare(cbl, crl)), i16x8.add(yh, greenShare(cbh, crh))),
    i8x16.narrow_i16x8_u(i16x8.add(yl, blueShare(cbl)), i16x8.add(yh, blueShare(cbh))),
  );
}

/** (91881 cr + 2^15) >> 16, of -128..127: cr and 0.402 cr, whose rounded product with 13173 / 2^15 is the same there. */
function redShare(cr: v128): v128 {
  return i16x8.add(cr, i16x8.q15mulr_sat_s(cr, v128.load_splat<u32>(shares)));
}

/** (116130 cb + 2^15) >> 16: 2 cb less 0.228 cb. */
function blueShare(cb: v128): v128 {
  return i16x8.sub(i16x8.shl(cb, 1), i16x8.q15mulr_sat_s(cb, v128.load_splat<u32>(shares, 4)));
}

/** (-22554 cb - 46802 cr + 2^15) >> 16: with 18734 cr, and less cr. */
function greenShare(cb: v128, cr: v128): v128 {
  const factors = v128.load_splat<u32>(shares, 8);
  const round = v128.load_splat<u32>(shares, 12);
  const low = i8x16.shuffle(cb, cr, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23);
  const high = i8x16.shuffle(cb, cr, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31);
  const sum = i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(low, factors), round), 16),
    i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(high, factors), round), 16),
  );
  return i16x8.sub(sum, cr);
}
