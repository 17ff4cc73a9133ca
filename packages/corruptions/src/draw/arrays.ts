import type { Random } from "@fledge/random";

/** Standard normals by Box and Muller's pairs, of which both are used. */
export function drawNormals(random: Random, count: number): Float64Array {
  const normals = new Float64Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random.float())); // 1 - float() is never 0
    const angle = 2 * Math.PI * random.float();
    normals[i] = radius * Math.cos(angle);
    if (i + 1 < count) normals[i + 1] = radius * Math.sin(angle);
  }
  return normals;
}

/** Uniform in [low, high). */
export const drawUniform = (random: Random, low: number, high: number): number => low + (high - low) * random.float();

/** As many of them. */
export const drawUniforms = (random: Random, count: number, low: number, high: number): Float64Array =>
  Float64Array.from({ length: count }, () => drawUniform(random, low, high));

/** Integers of 0 .. below - 1. */
export const drawIntegers = (random: Random, count: number, below: number): Uint8Array =>
  Uint8Array.from({ length: count }, () => random.integer(0, below));
