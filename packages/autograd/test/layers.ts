import { random } from "@fledge/random";
import { elementCount, type Gpu } from "@fledge/runtime";
import { place, Variable, type BatchNormVariables } from "../src/index.ts";

/** Makes and places variables with seeded contents: equal names hold equal values, in every set. */
export class Layers {
  readonly #gpu: Gpu;
  readonly #made: Variable[] = [];

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
  }

  get parameters(): readonly Variable[] {
    return this.#made.filter(({ role }) => role === "parameter");
  }

  variable(
    name: string,
    shape: readonly number[],
    role: Variable["role"] = "parameter",
    value?: (normal: number) => number,
  ): Variable {
    const draw = random(9, `layer ${name}`);
    const contents = Float32Array.from({ length: elementCount({ shape, dtype: "f32" }) }, () =>
      (value ?? ((x) => 0.5 * x))(draw.normal()),
    );
    const variable = new Variable(name, { shape, dtype: "f32" }, role, () => contents);
    place(this.#gpu, [variable]);
    this.#made.push(variable);
    return variable;
  }

  norm(name: string, channels: number): BatchNormVariables {
    return {
      weight: this.variable(`${name}.weight`, [channels], "parameter", (x) => 1 + 0.2 * x),
      bias: this.variable(`${name}.bias`, [channels]),
      runningMean: this.variable(`${name}.running_mean`, [channels], "statistic"),
      runningVariance: this.variable(`${name}.running_var`, [channels], "statistic", (x) => 0.5 + Math.abs(x)),
    };
  }
}

/** ||a - b|| / ||b||; NaN where either holds one, so compare with `toBeLessThanOrEqual`. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return NaN;
  const of = (f: (i: number) => number): number => Math.hypot(...Array.from(b, (_, i) => f(i)));
  const difference = of((i) => a[i]! - b[i]!);
  return difference === 0 ? 0 : difference / of((i) => b[i]!);
}
