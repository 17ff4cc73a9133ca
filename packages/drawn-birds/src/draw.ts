import type { Random } from "@fledge/random";

/** A number drawn evenly from [low, high). */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.float();
}

/** True with the given probability. Always draws once, so that what follows does not shift. */
export function chance(random: Random, probability: number): boolean {
  return random.float() < probability;
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** 0 below `from`, 1 above `to`, smooth between. */
export function smoothstep(from: number, to: number, value: number): number {
  const t = clamp((value - from) / (to - from), 0, 1);
  return t * t * (3 - 2 * t);
}
