import { held, count, keepBits, refill } from "./bits";

// Four tables of each class. A code of up to `LOOKAHEAD` bits is found by one look, together with the value that follows
// it where both fit; a longer one by its length (jdhuff.c).

const LOOKAHEAD = 10;
const LOOK_BYTES = (1 << LOOKAHEAD) * 4;
/** Of each length: the greatest code, or -1, and what turns a code into its symbol's place. */
const MAX_CODES = LOOK_BYTES;
const OFFSETS = MAX_CODES + 18 * 4;
const SYMBOLS = OFFSETS + 18 * 4;
const TABLE_BYTES = SYMBOLS + 256;
const tables = memory.data(8 * TABLE_BYTES, 16);

/** The address of table `id` (0 to 3) of a class: 0 for DC, 1 for AC. */
export function tableAt(kind: i32, id: i32): usize {
  return tables + (kind * 4 + id) * TABLE_BYTES;
}

/** Makes table `id` of a class from DHT's 16 counts and symbols. False where they are no prefix code. */
export function huffmanTable(kind: i32, id: i32, counts: usize, symbols: usize): bool {
  const table = tableAt(kind, id);
  memory.fill(table, 0, LOOK_BYTES);
  let code: i32 = 0;
  let place: i32 = 0;
  for (let length: i32 = 1; length <= 16; length++) {
    const many: i32 = load<u8>(counts + length - 1);
    if (code + many > 1 << length || place + many > 256) return false;
    store<i32>(table + OFFSETS + length * 4, place - code);
    store<i32>(table + MAX_CODES + length * 4, many > 0 ? code + many - 1 : -1);
    for (let i: i32 = 0; i < many; i++, code++, place++) {
      const symbol = load<u8>(symbols + place);
      store<u8>(table + SYMBOLS + place, symbol);
      if (kind === 0 && symbol > 11) return false;
      if (length <= LOOKAHEAD) lookups(table, code, length, symbol);
    }
    code <<= 1;
  }
  return true;
}

/** Every look that begins with a code: its bits 0 to 7 are the bits used, 8 to 15 the symbol, 16 to 31 the value. */
function lookups(table: usize, code: i32, length: i32, symbol: i32): void {
  const free = LOOKAHEAD - length;
  const size = symbol & 15;
  for (let rest: i32 = 0; rest < 1 << free; rest++) {
    const at = table + (((code << free) | rest) << 2);
    if (size === 0 || size > free) {
      store<u32>(at, (symbol << 8) | length);
    } else {
      const value = signed(rest >> (free - size), size);
      store<u32>(at, (value << 16) | (symbol << 8) | (length + size));
    }
  }
}

/** The value that `size` bits stand for (HUFF_EXTEND). */
function signed(bits: i32, size: i32): i32 {
  return bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;
}

/** A code that one look does not find: as a look's, without a value. 0 where no code fits. */
function longCode(table: usize, bits: u64): u32 {
  for (let length: i32 = LOOKAHEAD + 1; length <= 16; length++) {
    const code = <i32>(bits >> (64 - length));
    if (code <= load<i32>(table + MAX_CODES + length * 4)) {
      const place = code + load<i32>(table + OFFSETS + length * 4);
      return ((<u32>load<u8>(table + SYMBOLS + place)) << 8) | length;
    }
  }
  return 0;
}

/** What `decodeBlock` answers where the stream is not as it should be. */
export const BROKEN: i32 = -1;
export let dcDifference: i32 = 0;

/**
 * Decodes a block's 64 coefficients, each times its step, into `block`, 64 zeros in natural order; but for the first, whose
 * difference is left in `dcDifference`. `steps` has, by place in the stream, the byte offset in the block (upper half)
 * and the quantiser's step. Answers the last place that has a coefficient, or BROKEN.
 */
export function decodeBlock(dcTable: usize, acTable: usize, steps: usize, block: usize): i32 {
  let bits = held;
  let left = count;
  if (left < 32) {
    bits = refill(bits, left);
    left = count;
  }
  let look = load<u32>(dcTable + ((<usize>(bits >> (64 - LOOKAHEAD))) << 2));
  if ((look & 255) === 0) {
    look = longCode(dcTable, bits);
    if (look === 0) return BROKEN;
  }
  let value = (<i32>look) >> 16;
  let size: i32 = (look >> 8) & 15;
  bits <<= look & 255;
  left -= look & 255;
  if (size !== 0 && value === 0) {
    value = signed(<i32>(bits >> (64 - size)), size);
    bits <<= size;
    left -= size;
  }
  dcDifference = value;

  let last: i32 = 0;
  for (let k: i32 = 1; k < 64; k++) {
    if (left < 32) {
      bits = refill(bits, left);
      left = count;
    }
    look = load<u32>(acTable + ((<usize>(bits >> (64 - LOOKAHEAD))) << 2));
    if ((look & 255) === 0) {
      look = longCode(acTable, bits);
      if (look === 0) return BROKEN;
    }
    value = (<i32>look) >> 16;
    bits <<= look & 255;
    left -= look & 255;
    k += (look >> 12) & 15;
    size = (look >> 8) & 15;
    if (size === 0) {
      if (((look >> 12) & 15) !== 15) break; // the end of the block; 15 is sixteen zeros
      continue;
    }
    if (k > 63) return BROKEN;
    if (value === 0) {
      value = signed(<i32>(bits >> (64 - size)), size);
      bits <<= size;
      left -= size;
    }
    const step = load<u32>(steps + (k << 2));
    store<i16>(block + (step >> 16), value * (step & 0xffff));
    last = k;
  }
  keepBits(bits, left);
  return last;
}
