import { fnv1a32 } from "./hash.ts";
import { philox4x32 } from "./philox.ts";

/** A stream of random numbers. Streams are independent of one another; none has a state shared with another. */
export interface Random {
  /** Uniform in 0 .. 2^32 - 1; one draw. */
  uint32(): number;
  /** Uniform in [0, 1), a multiple of 2^-53; two draws. */
  float(): number;
  /** A uniform integer in low .. high - 1, without bias. Throws a RangeError unless 1 <= high - low <= 2^32. */
  integer(low: number, highExclusive: number): number;
  /** Normal with mean 0 and variance 1 (Box and Muller); four draws. */
  normal(): number;
  /** An element, uniformly. Throws a RangeError if there is none. */
  choice<T>(array: ArrayLike<T>): T;
  /** Shuffles `array` in place (Fisher and Yates) and returns it. */
  shuffle<A extends { readonly length: number; [index: number]: unknown }>(array: A): A;
  /** 0 .. n - 1 in random order. */
  permutation(n: number): Int32Array;
}

const MAX_COUNTERS = 3;
const WORD = 2 ** 32;

/**
 * The stream of random numbers that belongs to a seed, a purpose and up to three counters, such as epoch and image
 * index. A draw depends only on these and on its number in the stream, never on what other streams drew before.
 *
 * It is Philox4x32-10 with the key (seed, FNV-1a of the purpose) and the counter
 * (block, counters[0], counters[1], counters[2]), missing counters being 0. Draw number d is word d mod 4 of block
 * floor(d / 4); a stream repeats after 2^34 draws.
 *
 * Throws a RangeError unless the seed and every counter are integers in 0 .. 2^32 - 1.
 */
export function random(seed: number, purpose: string, ...counters: number[]): Random {
  checkUint32("seed", seed);
  if (counters.length > MAX_COUNTERS) {
    throw new RangeError(`random "${purpose}": at most ${MAX_COUNTERS} counters, got ${counters.length}`);
  }
  counters.forEach((counter, i) => checkUint32(`counter ${i} of "${purpose}"`, counter));
  return new PhiloxRandom(seed, fnv1a32(purpose), counters);
}

class PhiloxRandom implements Random {
  readonly #key0: number;
  readonly #key1: number;
  readonly #counters: readonly number[];
  readonly #block = new Uint32Array(4);
  #blockNumber = 0;
  #nextWord = 4;

  constructor(key0: number, key1: number, counters: readonly number[]) {
    this.#key0 = key0;
    this.#key1 = key1;
    this.#counters = counters;
  }

  uint32(): number {
    if (this.#nextWord === 4) {
      this.#block[0] = this.#blockNumber;
      for (let i = 0; i < MAX_COUNTERS; i += 1) this.#block[1 + i] = this.#counters[i] ?? 0;
      philox4x32(this.#block, this.#key0, this.#key1);
      this.#blockNumber += 1;
      this.#nextWord = 0;
    }
    const word = this.#block[this.#nextWord]!;
    this.#nextWord += 1;
    return word;
  }

  float(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  integer(low: number, highExclusive: number): number {
    const range = highExclusive - low;
    if (!(Number.isSafeInteger(low) && Number.isSafeInteger(highExclusive) && range >= 1 && range <= WORD)) {
      throw new RangeError(`integer(${low}, ${highExclusive}): expected integers with 1 <= high - low <= 2^32`);
    }
    // Words at or above the largest multiple of the range would favour the small remainders: draw again.
    const limit = WORD - (WORD % range);
    let word = this.uint32();
    while (word >= limit) word = this.uint32();
    return low + (word % range);
  }

  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.float())); // 1 - float() is never 0
    return radius * Math.cos(2 * Math.PI * this.float());
  }

  choice<T>(array: ArrayLike<T>): T {
    if (array.length === 0) throw new RangeError("choice: the array is empty");
    return array[this.integer(0, array.length)]!;
  }

  shuffle<A extends { readonly length: number; [index: number]: unknown }>(array: A): A {
    for (let i = array.length - 1; i > 0; i -= 1) {
      const j = this.integer(0, i + 1);
      const held = array[i];
      array[i] = array[j];
      array[j] = held;
    }
    return array;
  }

  permutation(n: number): Int32Array {
    return this.shuffle(Int32Array.from({ length: n }, (_, i) => i));
  }
}

function checkUint32(name: string, value: number): void {
  if (!(Number.isInteger(value) && value >= 0 && value < WORD)) {
    throw new RangeError(`random: the ${name} must be an integer in 0 .. 2^32 - 1, got ${value}`);
  }
}
