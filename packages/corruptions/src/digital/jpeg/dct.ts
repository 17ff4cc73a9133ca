// libjpeg's slow integer DCT (jfdctint.c, jidctint.c; Loeffler, Ligtenberg and Moschytz 1989): constants of 13 bits,
// two more bits kept between the passes. A block is 64 integers, row-major.

const c0298 = 2446;
const c0390 = 3196;
const c0541 = 4433;
const c0765 = 6270;
const c0899 = 7373;
const c1175 = 9633;
const c1501 = 12299;
const c1847 = 15137;
const c1961 = 16069;
const c2053 = 16819;
const c2562 = 20995;
const c3072 = 25172;

/** Divides by 2^bits, halves up. */
const descale = (value: number, bits: number): number => (value + (1 << (bits - 1))) >> bits;

/** The odd half that both directions share, into `odd`. */
const odd = new Int32Array(4);
function oddPart(p: number, q: number, r: number, s: number): void {
  const z5 = (p + q + r + s) * c1175;
  const z1 = -(p + s) * c0899;
  const z2 = -(q + r) * c2562;
  const z3 = z5 - (p + r) * c1961;
  const z4 = z5 - (q + s) * c0390;
  odd[0] = p * c0298 + z1 + z3;
  odd[1] = q * c2053 + z2 + z4;
  odd[2] = r * c3072 + z2 + z3;
  odd[3] = s * c1501 + z1 + z4;
}

function forwardLine(block: Int32Array, at: number, stride: number, rows: boolean): void {
  const i1 = at + stride;
  const i2 = i1 + stride;
  const i3 = i2 + stride;
  const i4 = i3 + stride;
  const i5 = i4 + stride;
  const i6 = i5 + stride;
  const i7 = i6 + stride;
  const s0 = block[at]! + block[i7]!;
  const s1 = block[i1]! + block[i6]!;
  const s2 = block[i2]! + block[i5]!;
  const s3 = block[i3]! + block[i4]!;
  oddPart(block[i3]! - block[i4]!, block[i2]! - block[i5]!, block[i1]! - block[i6]!, block[at]! - block[i7]!);
  const bits = rows ? 11 : 15;
  const sum = s0 + s3 + (s1 + s2);
  const difference = s0 + s3 - (s1 + s2);
  block[at] = rows ? sum * 4 : descale(sum, 2);
  block[i4] = rows ? difference * 4 : descale(difference, 2);
  const m = s0 - s3;
  const n = s1 - s2;
  const z = (m + n) * c0541;
  block[i2] = descale(z + m * c0765, bits);
  block[i6] = descale(z - n * c1847, bits);
  block[i7] = descale(odd[0]!, bits);
  block[i5] = descale(odd[1]!, bits);
  block[i3] = descale(odd[2]!, bits);
  block[i1] = descale(odd[3]!, bits);
}

function inverseLine(block: Int32Array, at: number, stride: number, bits: number): void {
  const i1 = at + stride;
  const i2 = i1 + stride;
  const i3 = i2 + stride;
  const i4 = i3 + stride;
  const i5 = i4 + stride;
  const i6 = i5 + stride;
  const i7 = i6 + stride;
  const z = (block[i2]! + block[i6]!) * c0541;
  const two = z - block[i6]! * c1847;
  const three = z + block[i2]! * c0765;
  const zero = (block[at]! + block[i4]!) * 8192;
  const one = (block[at]! - block[i4]!) * 8192;
  oddPart(block[i7]!, block[i5]!, block[i3]!, block[i1]!);
  block[at] = descale(zero + three + odd[3]!, bits);
  block[i7] = descale(zero + three - odd[3]!, bits);
  block[i1] = descale(one + two + odd[2]!, bits);
  block[i6] = descale(one + two - odd[2]!, bits);
  block[i2] = descale(one - two + odd[1]!, bits);
  block[i5] = descale(one - two - odd[1]!, bits);
  block[i3] = descale(zero - three + odd[0]!, bits);
  block[i4] = descale(zero - three - odd[0]!, bits);
}

/** In place; the result is 8 times the orthonormal DCT. */
export function forwardDct(block: Int32Array): void {
  for (let row = 0; row < 8; row += 1) forwardLine(block, row * 8, 1, true);
  for (let column = 0; column < 8; column += 1) forwardLine(block, column, 8, false);
}

/** In place, of coefficients in the orthonormal scale. */
export function inverseDct(block: Int32Array): void {
  for (let column = 0; column < 8; column += 1) inverseLine(block, column, 8, 11);
  for (let row = 0; row < 8; row += 1) inverseLine(block, row * 8, 1, 18);
}
