import { batchNorm, conv2d, linear, Variable, type Mode, type Tensor } from "@fledge/autograd";
import { kaimingNormalFanOut, linearUniform } from "./initial.ts";

/** Collects the variables of a network under their state_dict names, in the order in which torchvision makes them. */
export class Scope {
  readonly seed: number;
  /** Initial weight of the BatchNorm that ends a block's residual branch. */
  readonly residualWeight: number;
  readonly #prefix: string;
  readonly #collected: Variable[];

  constructor(seed: number, residualWeight: number, prefix = "", collected: Variable[] = []) {
    this.seed = seed;
    this.residualWeight = residualWeight;
    this.#prefix = prefix;
    this.#collected = collected;
  }

  get variables(): readonly Variable[] {
    return this.#collected;
  }

  /** A scope within: names get `name.` in front. */
  inside(name: string): Scope {
    return new Scope(this.seed, this.residualWeight, `${this.#prefix}${name}.`, this.#collected);
  }

  variable(
    name: string,
    shape: readonly number[],
    role: "parameter" | "statistic",
    initial: (name: string) => Float32Array<ArrayBuffer>,
  ): Variable {
    const full = `${this.#prefix}${name}`;
    const variable = new Variable(full, { shape, dtype: "f32" }, role, () => initial(full));
    this.#collected.push(variable);
    return variable;
  }
}

const filled = (count: number, value: number) => (): Float32Array<ArrayBuffer> => new Float32Array(count).fill(value);

/** torch.nn.Conv2d without bias; weight [K,K,IC,OC], padding K/2 as torchvision's conv3x3 and conv1x1 have it. */
export function convolution(scope: Scope, IC: number, OC: number, kernel: number, stride = 1): (x: Tensor) => Tensor {
  const shape = [kernel, kernel, IC, OC];
  const weight = scope.variable("weight", shape, "parameter", (name) => kaimingNormalFanOut(shape, scope.seed, name));
  return (x) => conv2d(x, weight, { stride, padding: (kernel - 1) / 2 });
}

/** torch.nn.BatchNorm2d: weight 1 (or `initialWeight`), bias 0, running mean 0, running variance 1. */
export function normalisation(scope: Scope, channels: number, initialWeight = 1): (x: Tensor, mode: Mode) => Tensor {
  const variables = {
    weight: scope.variable("weight", [channels], "parameter", filled(channels, initialWeight)),
    bias: scope.variable("bias", [channels], "parameter", filled(channels, 0)),
    runningMean: scope.variable("running_mean", [channels], "statistic", filled(channels, 0)),
    runningVariance: scope.variable("running_var", [channels], "statistic", filled(channels, 1)),
  };
  return (x, mode) => batchNorm(x, variables, { mode });
}

/** torch.nn.Linear; weight [IN,OUT]. */
export function fullyConnected(scope: Scope, IN: number, OUT: number): (x: Tensor) => Tensor {
  const weight = scope.variable("weight", [IN, OUT], "parameter", (name) =>
    linearUniform(IN * OUT, IN, scope.seed, name),
  );
  const bias = scope.variable("bias", [OUT], "parameter", (name) => linearUniform(OUT, IN, scope.seed, name));
  return (x) => linear(x, weight, bias);
}
