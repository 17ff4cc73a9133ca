import { elementCount, roundingToHalf, type KernelPlan } from "@fledge/runtime";
import { judgeOutputs, type Tolerances } from "../judge.ts";
import type { Tensors } from "../run-kernel.ts";

/** A rung's results are not the reference rung's, or are nothing to compare with; the message says what. */
export class DisagreementError extends Error {
  override readonly name = "DisagreementError";
}

/** Half a unit in the last place of 1 in f32. */
const unitRoundoff = 2 ** -24;

/**
 * How far two rungs' f32 results may lie apart. The rounding errors of a sum of n terms behave like a random walk, and
 * (4 + sqrt(n)) * 2 roundings of the sum of |terms| bound them: the bound of the kernels' own tests. Both rungs may
 * reach it, so twice that; and on made-up inputs, see `made-up-inputs.ts`, the sum of |products| is about 4 times the
 * sum of the products. An element that cancels is held against the tensor's root mean square instead. No sum has more
 * terms than the kernel has operations for an element of its smallest output. What lies in memory as f16 is rounded
 * once more, by each of the two.
 */
function tolerancesOf({ flops, tensors }: KernelPlan, expected: Tensors): Tolerances {
  const smallest = Math.min(...Object.keys(expected).map((name) => elementCount(tensors[name]!)));
  const relative = 2 * 4 * (4 + Math.sqrt(flops / smallest)) * 2 * unitRoundoff;
  const isFloat = (name: string): boolean => tensors[name]!.dtype === "f32" || isHalf(name);
  const isHalf = (name: string): boolean => tensors[name]!.dtype === "f16";
  const floats = Object.entries(expected).filter(([name]) => isFloat(name));
  return Object.fromEntries(
    floats.map(([name, values]) => {
      let squares = 0;
      for (const value of values) squares += value ** 2;
      const rms = Math.sqrt(squares / values.length);
      return [
        name,
        Float32Array.from(values, (value) => {
          const rounded = isHalf(name) ? 2 * roundingToHalf(value) : 0;
          return relative * Math.max(Math.abs(value), rms) + rounded;
        }),
      ];
    }),
  );
}

/**
 * The check against the reference rung's outputs, which throws where a rung's lie further from them than rounding
 * explains, times its `errorFactor`; integers must be equal.
 * @throws DisagreementError where the reference rung leaves or computes what is no finite number
 */
export function agreementWith(reference: KernelPlan, expected: Tensors): (actual: Tensors, factor: number) => void {
  const unusable = Object.entries(expected).find(([, values]) => !values.every(Number.isFinite));
  if (unusable) throw new DisagreementError(`its ${unusable[0]} holds what is no finite number`);
  const tolerances = tolerancesOf(reference, expected);
  return (actual, factor) => {
    const { mismatch } = judgeOutputs(actual, expected, tolerances, factor);
    if (mismatch !== null) throw new DisagreementError(`it disagrees with ${reference.rung}: ${mismatch}`);
  };
}
