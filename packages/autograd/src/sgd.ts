import { describeSpec, elementCount } from "@fledge/runtime";
import { append, UpdateNode, type UpdateRule } from "./graph.ts";
import { Variable, type Tensor } from "./tensor.ts";

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
    if (gradients.length !== this.parameters.length) {
      throw new Error(`Sgd.update: ${gradients.length} gradients for ${this.parameters.length} parameters`);
    }
    gradients.forEach((gradient, index) => {
      const parameter = this.parameters[index]!;
      if (describeSpec(gradient) === describeSpec(parameter)) return;
      throw new Error(
        `Sgd.update: the gradient of "${parameter.name}" must be ${describeSpec(parameter)}, not ${String(gradient)}`,
      );
    });
    if (describeSpec(learningRate) !== "f32[]")
      throw new Error(`Sgd.update: learningRate must be an f32 scalar, not ${String(learningRate)}`);
    const { parameters, momentumBuffers, stepCount, rule } = this;
    append(new UpdateNode({ parameters, gradients, momentumBuffers, learningRate, stepCount, rule }));
  }
}
