import { describeSpec, elementCount, type Kernel } from "@fledge/runtime";
import { sgdUpdate } from "@fledge/sgd";
import { FlatNode } from "./graph.ts";
import { operators } from "./ops/table.ts";
import { Variable, type Tensor } from "./tensor.ts";
import { append, apply } from "./trace.ts";

export interface UpdateRule {
  readonly momentum: number;
  readonly weightDecay: number;
  readonly dampening: number;
  readonly nesterov: boolean;
}

/** @throws where there is not one gradient of each parameter's shape */
function checkGradients(parameters: readonly Variable[], gradients: readonly Tensor[]): void {
  if (gradients.length !== parameters.length) {
    throw new Error(`Sgd.update: ${gradients.length} gradients for ${parameters.length} parameters`);
  }
  gradients.forEach((gradient, index) => {
    const parameter = parameters[index]!;
    if (describeSpec(gradient) === describeSpec(parameter)) return;
    throw new Error(
      `Sgd.update: the gradient of "${parameter.name}" must be ${describeSpec(parameter)}, not ${String(gradient)}`,
    );
  });
}

/** torch.optim.SGD: one momentum buffer per parameter, and the count of steps taken. */
export class Sgd {
  readonly parameters: readonly Variable[];
  readonly momentumBuffers: readonly Variable[];
  readonly stepCount: Variable;
  readonly rule: UpdateRule;

  constructor(parameters: readonly Variable[], rule: Partial<UpdateRule> = {}) {
    this.parameters = parameters;
    this.rule = { momentum: 0, weightDecay: 0, dampening: 0, nesterov: false, ...rule };
    this.momentumBuffers = parameters.map(
      (p) => new Variable(`momentum.${p.name}`, p, "optimiser", () => new Float32Array(elementCount(p))),
    );
    this.stepCount = new Variable("step_count", { shape: [], dtype: "u32" }, "optimiser", () => new Uint32Array(1));
  }

  /** The optimiser's state, for `place` and for checkpoints. */
  get variables(): readonly Variable[] {
    return [...this.momentumBuffers, this.stepCount];
  }

  /** Moves the parameters one step. @param learningRate f32 scalar, an input of the program */
  update(gradients: readonly Tensor[], { learningRate }: { readonly learningRate: Tensor }): void {
    const { parameters: parameter, momentumBuffers: momentumBuffer, stepCount, rule } = this;
    checkGradients(parameter, gradients);
    if (describeSpec(learningRate) !== "f32[]")
      throw new Error(`Sgd.update: learningRate must be an f32 scalar, not ${String(learningRate)}`);
    append(
      new FlatNode({
        kernel: sgdUpdate as Kernel<unknown>,
        options: { ...rule },
        lists: { parameter, gradient: gradients, momentumBuffer },
        scalars: { learningRate, stepCount },
      }),
    );
    apply(operators.sgdAdvance, {}, {}, { updates: { stepCount } });
  }
}
