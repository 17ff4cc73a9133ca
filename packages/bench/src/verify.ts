import type { KernelPlan } from "@fledge/runtime";
import type { Inputs, TensorData } from "./kernel-buffers.ts";

/** What the float64 reference gives, by tensor name. */
export type Expected = Readonly<Record<string, Float64Array>>;
/** Absolute bounds by tensor: one for all its elements, or one for each; a tensor without one must be equal. */
export type Tolerances = Readonly<Record<string, number | Float64Array>>;

export interface Agreement {
  /** The first element outside its bound in words, or null; NaN is always outside. */
  readonly mismatch: string | null;
  /** The largest error over its bound; Infinity where there is a mismatch. */
  readonly worstError: number;
}

const mismatched = (mismatch: string): Agreement => ({ mismatch, worstError: Infinity });

/** `factor` times the bounds, and at least times their mean, as `Rung.errorFactor` says. */
function widened(tolerance: number | Float64Array, factor: number): number | Float64Array {
  if (factor === 1) return tolerance;
  if (typeof tolerance === "number") return factor * tolerance;
  const mean = tolerance.reduce((sum, bound) => sum + bound, 0) / tolerance.length;
  return tolerance.map((bound) => factor * Math.max(bound, mean));
}

/** @param factor widens the bounds, as a rung's `errorFactor` asks for */
export function compareOutputs(
  actual: Readonly<Record<string, TensorData>>,
  expected: Expected,
  tolerances: Tolerances,
  factor = 1,
): Agreement {
  let worstError = 0;
  for (const [name, values] of Object.entries(expected)) {
    const got = actual[name];
    if (!got) return mismatched(`there is no output "${name}"`);
    if (got.length !== values.length)
      return mismatched(`${name} has ${got.length} elements, the reference ${values.length}`);
    const tolerance = widened(tolerances[name] ?? 0, factor);
    for (let i = 0; i < values.length; i += 1) {
      const bound = typeof tolerance === "number" ? tolerance : tolerance[i]!;
      const error = Math.abs(got[i]! - values[i]!);
      if (!(error <= bound)) return mismatched(`${name}[${i}] is ${got[i]}, expected ${values[i]} within ${bound}`);
      if (error > worstError * bound) worstError = error / bound;
    }
  }
  return { mismatch: null, worstError };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: TensorData): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** The first output that is no longer as `loadPlan` left it, every bit set or the input, in words; or null. */
export function firstTouched(
  actual: Readonly<Record<string, TensorData>>,
  plan: KernelPlan,
  inputs: Inputs,
): string | null {
  for (const [name, tensor] of Object.entries(actual)) {
    const before = plan.tensors[name]!.role === "inout" ? bytesOf(inputs[name]!) : null;
    if (!bytesOf(tensor).every((byte, i) => byte === (before?.[i] ?? 0xff))) return `it writes ${name}`;
  }
  return null;
}
