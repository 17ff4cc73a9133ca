// f16 on the host, which Node 20 has no array for.

const word = new Float32Array(1);
const bits = new Uint32Array(word.buffer);

/** The bits of a number in f16: to the nearest, of two to the even one; infinity from 65520 up. */
function halfBits(value: number): number {
  word[0] = value;
  const sign = (bits[0]! >>> 16) & 0x8000;
  const magnitude = Math.abs(word[0]);
  if (Number.isNaN(magnitude)) return sign | 0x7fff;
  if (magnitude >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, ((bits[0]! >>> 23) & 0xff) - 127);
  // In units of the last place a half is a whole number; adding 2^52 and taking it away rounds to one, ties to even.
  const units = magnitude * 2 ** (10 - exponent) + 2 ** 52 - 2 ** 52;
  return sign | (units + (exponent + 14) * 1024);
}

/** Numbers as f16, with a last half of zeros where that fills a word. */
export function halvesOf(values: ArrayLike<number>): Uint16Array<ArrayBuffer> {
  const halves = new Uint16Array(Math.ceil(values.length / 2) * 2);
  for (let i = 0; i < values.length; i += 1) halves[i] = halfBits(values[i]!);
  return halves;
}

/** Halves as f32; a NaN keeps its sign and has all other bits set, so that poison stays poison. */
export function widened(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i += 1) {
    const half = halves[i]!;
    const [sign, magnitude] = [(half & 0x8000) << 16, half & 0x7fff];
    if (magnitude > 0x7c00) words[i] = sign | 0x7fffffff;
    else if (magnitude === 0x7c00) words[i] = sign | 0x7f800000;
    else {
      word[0] =
        magnitude >= 0x400 ? (1024 + (magnitude & 0x3ff)) * 2 ** ((magnitude >> 10) - 25) : magnitude * 2 ** -24;
      words[i] = sign | bits[0]!;
    }
  }
  return new Float32Array(words.buffer);
}

/** Each number rounded to f16. */
export const roundedToHalf = (values: ArrayLike<number>): Float32Array<ArrayBuffer> =>
  widened(halvesOf(values).subarray(0, values.length));
