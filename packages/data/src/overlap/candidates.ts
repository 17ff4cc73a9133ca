import { hashesPerPicture, wordsPerHash } from "./hashes.ts";
import type { Guess } from "./placement.ts";

/** Bits of 128 in which two hashes of one picture may differ. */
const mostBits = 39;

/** Bits of the first 64 that may differ: what is further apart is left at that, which halves the work. */
const mostEvenBits = 26;

const words = hashesPerPicture * wordsPerHash;

/** Set bits of two words. */
function bitCount(one: number, other: number): number {
  let a = one - ((one >>> 1) & 0x55555555);
  const b = other - ((other >>> 1) & 0x55555555);
  a = (a & 0x33333333) + ((a >>> 2) & 0x33333333) + (b & 0x33333333) + ((b >>> 2) & 0x33333333);
  a = (a & 0x0f0f0f0f) + ((a >>> 4) & 0x0f0f0f0f);
  return Math.imul(a, 0x01010101) >>> 24;
}

/**
 * How the second picture may lie in the first, by the hashes of each whole against those of the other's parts:
 * undefined where no two are close. `hashes` is [count, hashesPerPicture, wordsPerHash].
 */
export function guessOf(hashes: Int32Array, first: number, second: number): Guess | undefined {
  const [one, other] = [first * words, second * words];
  let least = mostBits + 1;
  let code = 0;
  for (let way = 0; way < 2; way++) {
    const whole = way === 0 ? other : one;
    const cut = way === 0 ? one : other;
    const w0 = hashes[whole]!;
    const w1 = hashes[whole + 1]!;
    for (let hash = way; hash < hashesPerPicture; hash++) {
      const at = cut + hash * wordsPerHash;
      const even = bitCount(w0 ^ hashes[at]!, w1 ^ hashes[at + 1]!);
      if (even > mostEvenBits) continue;
      const odd = bitCount(hashes[whole + 2]! ^ hashes[at + 2]!, hashes[whole + 3]! ^ hashes[at + 3]!);
      if (even + odd < least) {
        least = even + odd;
        code = 4 * hash + 2 * way;
      }
      if (even + 64 - odd < least) {
        least = even + 64 - odd;
        code = 4 * hash + 2 * way + 1;
      }
    }
  }
  if (least > mostBits) return undefined;
  const hash = code >> 2;
  return (code & 2) === 0
    ? { ofFirst: hash, ofSecond: 0, mirrored: (code & 1) === 1 }
    : { ofFirst: 0, ofSecond: hash, mirrored: (code & 1) === 1 };
}
