import { elementCount, roundingToHalf, type KernelPlan } from "@fledge/runtime";
import { judgeOutputs, type Tolerances } from "../judge.ts";
import type { Tensors, TensorData } from "../tensor-data.ts";

/** A rung's results are not the reference rung's, or are nothing to compare with; the message says what. */
export class DisagreementError extends Error {
  override readonly name = "DisagreementError";
}

/** Half a unit in the last place of 1 in f32. */
const unitRoundoff = 2 ** -24;

/**
 * How far two rungs' f32 results in a tensor may lie apart. The rounding errors of a sum of n terms behave like a random
 * walk, and (4 + sqrt(n)) * 2 roundings of the sum of |terms| bound them: the bound of the kernels' own tests. Both
 * rungs may reach it, so twice that; and on made-up inputs, see `made-up-inputs.ts`, the sum of |products| is about 4
 * times the sum of the products. An element that cancels is held against the tensor's root mean square instead. What
 * lies in memory as f16 is rounded once more, by each of the two.
 */
export class Rounding {
  readonly #expected: TensorData;
  readonly #relative: number;
  readonly #rms: number;
  readonly #meanSize: number;
  readonly #stored: "f32" | "f16";

  /** @param terms of the longest sum in it */
  constructor(expected: TensorData, terms: number, stored: "f32" | "f16") {
    this.#expected = expected;
    this.#stored = stored;
    this.#relative = 2 * 4 * (4 + Math.sqrt(terms)) * 2 * unitRoundoff;
    let squares = 0;
    for (let i = 0; i < expected.length; i += 1) squares += expected[i]! ** 2;
    this.#rms = Math.sqrt(squares / expected.length);
    let sizes = 0;
    for (let i = 0; i < expected.length; i += 1) sizes += Math.max(Math.abs(expected[i]!), this.#rms);
    this.#meanSize = sizes / expected.length;
  }

  /** The bound of each element. */
  get tolerances(): Float32Array {
    return Float32Array.from(this.#expected, (value) => {
      const stored = this.#stored === "f16" ? 2 * roundingToHalf(value) : 0;
      return this.#relative * Math.max(Math.abs(value), this.#rms) + stored;
    });
  }

  /** The same bounds as shares of an element's size, not below `least`, widened by an `errorFactor` as `judgeOutputs` does. */
  boundsTimes(factor: number): { readonly relative: number; readonly least: number } {
    const relative = factor * this.#relative;
    return { relative, least: relative * (factor === 1 ? this.#rms : this.#meanSize) };
  }
}

/**
 * The rounding of the outputs that hold floats, by name. No sum has more terms than the kernel has operations for an
 * element of its smallest output.
 * @throws DisagreementError where the reference rung leaves or computes what is no finite number
 */
export function roundingsOf({ flops, tensors }: KernelPlan, expected: Tensors): Record<string, Rounding> {
  for (const [name, values] of Object.entries(expected))
    for (let i = 0; i < values.length; i += 1)
      if (!Number.isFinite(values[i]!)) throw new DisagreementError(`its ${name} holds what is no finite number`);
  const smallest = Math.min(...Object.keys(expected).map((name) => elementCount(tensors[name]!)));
  return Object.fromEntries(
    Object.entries(expected).flatMap(([name, values]) => {
      const { dtype } = tensors[name]!;
      return dtype === "f32" || dtype === "f16" ? [[name, new Rounding(values, flops / smallest, dtype)]] : [];
    }),
  );
}

/**
 * Holds outputs against the reference rung's, within their rounding times a rung's `errorFactor`; integers must be equal.
 * @throws DisagreementError saying which element is furthest outside
 */
export function checkAgreement(
  { rung }: KernelPlan,
  expected: Tensors,
  roundings: Readonly<Record<string, Rounding>>,
  actual: Tensors,
  factor: number,
): void {
  const tolerances: Tolerances = Object.fromEntries(
    Object.entries(roundings).map(([name, { tolerances }]) => [name, tolerances]),
  );
  const { mismatch } = judgeOutputs(actual, expected, tolerances, factor);
  if (mismatch !== null) throw new DisagreementError(`it disagrees with ${rung}: ${mismatch}`);
}
