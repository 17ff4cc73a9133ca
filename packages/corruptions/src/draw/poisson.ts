import type { Random } from "@fledge/random";

/** Poisson draws, one uniform each, of the rate byte / 255 * photons for every byte. */
export function drawCounts(random: Random, bytes: Uint8Array, photons: number): Uint16Array {
  // A picture has at most 256 rates: each one's distribution is summed once.
  const cumulative: (Float64Array | undefined)[] = [];
  return Uint16Array.from(bytes, (byte) => {
    const table = (cumulative[byte] ??= cumulativePoisson((byte / 255) * photons));
    return firstAbove(table, random.float());
  });
}

/** P(X <= k) for k = 0, 1, ... until what is left is below the uniforms' resolution of 2^-53. */
function cumulativePoisson(rate: number): Float64Array {
  const longest = Math.ceil(rate + 12 * Math.sqrt(rate) + 40);
  const table = new Float64Array(longest);
  let term = Math.exp(-rate);
  let sum = 0;
  for (let k = 0; k < longest; k += 1) {
    sum += term;
    table[k] = sum;
    term *= rate / (k + 1);
  }
  return table;
}

/** The first k with table[k] > u: the distribution's inverse. */
function firstAbove(table: Float64Array, u: number): number {
  let low = 0;
  let high = table.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (table[middle]! > u) high = middle;
    else low = middle + 1;
  }
  return low;
}
