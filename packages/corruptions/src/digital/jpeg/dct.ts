// libjpeg's slow integer DCT (jfdctint.c, jidctint.c; Loeffler, Ligtenberg and Moschytz 1989): constants of 13 bits,
// two more bits kept between the passes. A block is 64 integers, row-major.

const [c0298, c0390, c0541, c0765, c0899, c1175] = [2446, 3196, 4433, 6270, 7373, 9633];
const [c1501, c1847, c1961, c2053, c2562, c3072] = [12299, 15137, 16069, 16819, 20995, 25172];

/** Divides by 2^bits, halves up. */
const descale = (value: number, bits: number): number => (value + (1 << (bits - 1))) >> bits;

/** The odd half that both directions share, into `odd`. */
const odd = new Int32Array(4);
function oddPart(p: number, q: number, r: number, s: number): void {
  const z5 = (p + q + r + s) * c1175!;
  const z1 = -(p + s) * c0899!;
  const z2 = -(q + r) * c2562!;
  const z3 = z5 - (p + r) * c1961!;
  const z4 = z5 - (q + s) * c0390!;
  odd[0] = p * c0298! + z1 + z3;
  odd[1] = q * c2053! + z2 + z4;
  odd[2] = r * c3072! + z2 + z3;
  odd[3] = s * c1501! + z1 + z4;
}

function forwardLine(block: Int32Array, at: number, stride: number, rows: boolean): void {
  const v = (i: number): number => block[at + i * stride]!;
  const bits = rows ? 11 : 15;
  const [s0, s1, s2, s3] = [v(0) + v(7), v(1) + v(6), v(2) + v(5), v(3) + v(4)];
  const [d0, d1, d2, d3] = [v(0) - v(7), v(1) - v(6), v(2) - v(5), v(3) - v(4)];
  const sum = s0 + s3 + (s1 + s2);
  const difference = s0 + s3 - (s1 + s2);
  block[at] = rows ? sum * 4 : descale(sum, 2);
  block[at + 4 * stride] = rows ? difference * 4 : descale(difference, 2);
  const [m, n] = [s0 - s3, s1 - s2];
  const z = (m + n) * c0541!;
  block[at + 2 * stride] = descale(z + m * c0765!, bits);
  block[at + 6 * stride] = descale(z - n * c1847!, bits);
  oddPart(d3, d2, d1, d0);
  for (let i = 0; i < 4; i += 1) block[at + (7 - 2 * i) * stride] = descale(odd[i]!, bits);
}

function inverseLine(block: Int32Array, at: number, stride: number, bits: number): void {
  const v = (i: number): number => block[at + i * stride]!;
  const z = (v(2) + v(6)) * c0541!;
  const two = z - v(6) * c1847!;
  const three = z + v(2) * c0765!;
  const zero = (v(0) + v(4)) * 8192;
  const one = (v(0) - v(4)) * 8192;
  const even = [zero + three, one + two, one - two, zero - three] as const;
  oddPart(v(7), v(5), v(3), v(1));
  for (let i = 0; i < 4; i += 1) {
    block[at + i * stride] = descale(even[i]! + odd[3 - i]!, bits);
    block[at + (7 - i) * stride] = descale(even[i]! - odd[3 - i]!, bits);
  }
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
