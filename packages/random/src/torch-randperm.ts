import { mersenne } from "pure-rand/generator/mersenne";

/**
 * torch.randperm(n) after torch.manual_seed(seed), exactly, on the CPU: 0 .. n - 1, where for i = 0 .. n - 2 the
 * entry i is swapped with entry i + r mod (n - i); r are the 32-bit outputs of MT19937 seeded by init_genrand
 * (ATen/native/TensorFactories.cpp, randperm_cpu).
 *
 * As in torch, only the low 32 bits of a seed count, a negative one's in two's complement: -5 is 2^32 - 5.
 *
 * Throws a RangeError unless n is an integer in 0 .. 2^31 - 1 and the seed a safe integer.
 */
export function torchRandperm(n: number, seed: number): Int32Array {
  if (!(Number.isInteger(n) && n >= 0 && n < 2 ** 31)) {
    throw new RangeError(`torchRandperm: n must be an integer in 0 .. 2^31 - 1, got ${n}`);
  }
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`torchRandperm: the seed must be an integer between -2^53 and 2^53, got ${seed}`);
  }
  const generator = mersenne(Number(BigInt.asUintN(32, BigInt(seed))));
  const permutation = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < n - 1; i += 1) {
    const j = i + ((generator.next() >>> 0) % (n - i)); // next() is the output as an int32
    const held = permutation[i]!;
    permutation[i] = permutation[j]!;
    permutation[j] = held;
  }
  return permutation;
}
