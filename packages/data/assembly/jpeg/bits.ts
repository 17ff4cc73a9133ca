// The entropy-coded segment as a stream of bits. `held` has the next `count` bits at its top; `invented` of them are
// zeros put there at a marker, where the segment ends.

export let held: u64 = 0;
export let count: i32 = 0;
export let invented: i32 = 0;
export let position: usize = 0;

/** Begins a segment at an address, past a marker. */
export function startBits(address: usize): void {
  held = 0;
  count = 0;
  invented = 0;
  position = address;
}

/** Drops bits that were used. */
export function keepBits(bits: u64, left: i32): void {
  held = bits;
  count = left;
}

/** Called with at most 31 bits held; afterwards at least 32 are. */
export function refill(bits: u64, left: i32): u64 {
  const word = bswap<u32>(load<u32>(position));
  // No byte of it is 0xff: nothing is stuffed, and no marker begins.
  if (((~word - 0x01010101) & word & 0x80808080) === 0) {
    position += 4;
    count = left + 32;
    return bits | ((<u64>word) << (32 - left));
  }
  while (left <= 56) {
    let byte: u64 = load<u8>(position);
    if (byte !== 0xff) {
      position += 1;
    } else if (load<u8>(position, 1) === 0) {
      position += 2;
    } else {
      byte = 0;
      invented += 8;
    }
    bits |= byte << (56 - left);
    left += 8;
  }
  count = left;
  return bits;
}

/** Whether the segment ended as it should: no bit was used that it does not have, and less than a byte is left. */
export function endedWell(): bool {
  const left = count - invented;
  return left >= 0 && left < 8 && load<u8>(position) === 0xff;
}
