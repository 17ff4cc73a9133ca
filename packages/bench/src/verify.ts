import type { TensorData } from "./kernel-buffers.ts";

/** What the float64 reference gives, by tensor name. */
export type Expected = Readonly<Record<string, Float64Array>>;
/** Absolute bounds by tensor: one for all its elements, or one for each; a tensor without one must be equal. */
export type Tolerances = Readonly<Record<string, number | Float64Array>>;

/** The first element outside its bound in words, or null; NaN is always outside. */
export function firstMismatch(actual: Readonly<Record<string, TensorData>>, expected: Expected, tolerances: Tolerances): string | null {
  for (const [name, values] of Object.entries(expected)) {
    const got = actual[name];
    if (!got) return `there is no output "${name}"`;
    if (got.length !== values.length) return `${name} has ${got.length} elements, the reference ${values.length}`;
    const tolerance = tolerances[name] ?? 0;
    for (let i = 0; i < values.length; i += 1) {
      const bound = typeof tolerance === "number" ? tolerance : tolerance[i]!;
      if (!(Math.abs(got[i]! - values[i]!) <= bound)) return `${name}[${i}] is ${got[i]}, expected ${values[i]} within ${bound}`;
    }
  }
  return null;
}
