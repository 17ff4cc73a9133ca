import { describeSpec, elementCount, type Kernel } from "@fledge/runtime";
import { sgdUpdate, sgdUpdateScaled } from "@fledge/sgd";
import { FlatNode } from "./graph.ts";
import type { LossScale } from "./loss-scale.ts";
import { operators } from "./ops/table.ts";
import { Variable, type Tensor } from "./tensor.ts";
import { append, apply } from "./trace.ts";
import type { WeightAverage } from "./weight-average.ts";

export interface UpdateRule {
  readonly momentum: number;
  readonly weightDecay: number;
  readonly dampening: number;
  readonly nesterov: boolean;
}

/** Parameters of one kind, as torch.optim's `param_groups`. */
export interface ParameterGroup {
  readonly parameters: readonly Variable[];
  /** The rule's where absent. */
  readonly weightDecay?: number;
  /** Multiple of the learning rate; 1 where absent. The buffer never holds the rate, so none of it is in there. */
  readonly rateMultiplier?: number;
}

export interface SgdOptions {
  /** Every parameter in one group; all in a single one where absent. A group takes a dispatch for each run of its parameters that lie beside one another. */
  readonly groups?: readonly ParameterGroup[];
  /** Averages that move with every update. */
  readonly average?: WeightAverage | undefined;
  /** What the loss is multiplied by before it is differentiated; absent: the gradients are the loss's own. */
  readonly lossScale?: LossScale | undefined;
}

/** @throws where a parameter is in no group or in two, or a group has another's */
function checkGroups(parameters: readonly Variable[], groups: readonly ParameterGroup[]): void {
  const grouped = groups.flatMap((group) => group.parameters);
  const wrong = [
    ...parameters.filter((one) => !grouped.includes(one)).map(({ name }) => `"${name}" is in none`),
    ...grouped.filter((one, index) => grouped.indexOf(one) !== index).map(({ name }) => `"${name}" is in two`),
    ...grouped.filter((one) => !parameters.includes(one)).map(({ name }) => `"${name}" is no parameter of this one`),
  ];
  if (wrong.length > 0) throw new Error(`Sgd: groups must hold every parameter once: ${wrong.slice(0, 3).join(", ")}`);
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

/**
 * torch.optim.SGD: one momentum buffer per parameter, and the count of steps taken; by groups where they differ in
 * weight decay or rate.
 */
export class Sgd {
  readonly parameters: readonly Variable[];
  readonly momentumBuffers: readonly Variable[];
  readonly stepCount: Variable;
  readonly rule: UpdateRule;
  readonly average: WeightAverage | undefined;
  readonly lossScale: LossScale | undefined;
  readonly #groups: readonly ParameterGroup[];

  constructor(parameters: readonly Variable[], rule: Partial<UpdateRule> = {}, options: SgdOptions = {}) {
    this.parameters = parameters;
    this.rule = { momentum: 0, weightDecay: 0, dampening: 0, nesterov: false, ...rule };
    this.#groups = (options.groups ?? [{ parameters }]).filter((group) => group.parameters.length > 0);
    if (options.groups) checkGroups(parameters, options.groups);
    this.average = options.average;
    this.lossScale = options.lossScale;
    this.momentumBuffers = parameters.map(
      (p) => new Variable(`momentum.${p.name}`, p, "optimiser", () => new Float32Array(elementCount(p))),
    );
    this.stepCount = new Variable("step_count", { shape: [], dtype: "u32" }, "optimiser", () => new Uint32Array(1));
  }

  /** The optimiser's state, for `place` and for checkpoints. */
  get variables(): readonly Variable[] {
    return [
      ...this.momentumBuffers,
      this.stepCount,
      ...(this.average?.averages ?? []),
      ...(this.lossScale?.variables ?? []),
    ];
  }

  /**
   * Moves the parameters one step, and the averages after them. With a loss scale the gradients are of the scaled loss,
   * and where one of them overflowed nothing moves.
   * @param rates f32 scalars, inputs of the program; `averageWeight` is 1 minus the average's decay
   */
  update(
    gradients: readonly Tensor[],
    { learningRate, averageWeight }: { readonly learningRate: Tensor; readonly averageWeight?: Tensor | undefined },
  ): void {
    const { parameters, momentumBuffers, average, lossScale } = this;
    checkGradients(parameters, gradients);
    if (describeSpec(learningRate) !== "f32[]")
      throw new Error(`Sgd.update: learningRate must be an f32 scalar, not ${String(learningRate)}`);
    if (average && !averageWeight) throw new Error("Sgd.update: averageWeight is missing; an average needs one");
    const indexOf = new Map(parameters.map((parameter, index) => [parameter, index]));
    const indicesOf = (group: ParameterGroup): number[] => group.parameters.map((parameter) => indexOf.get(parameter)!);
    // In the groups' order, in which they lie beside one another.
    lossScale?.check(this.#groups.flatMap(indicesOf).map((index) => gradients[index]!));
    for (const group of this.#groups) {
      const indices = indicesOf(group);
      const lists = {
        parameter: group.parameters,
        gradient: indices.map((index) => gradients[index]!),
        momentumBuffer: indices.map((index) => momentumBuffers[index]!),
      };
      this.#move(group, lists, learningRate);
    }
    if (!lossScale) apply(operators.sgdAdvance, {}, {}, { updates: { stepCount: this.stepCount } });
    average?.update(lossScale ? lossScale.held(averageWeight!) : averageWeight!);
    lossScale?.adapt(this.stepCount);
  }

  #move(
    { weightDecay = this.rule.weightDecay, rateMultiplier: multiplier = 1 }: ParameterGroup,
    lists: FlatNode["lists"],
    learningRate: Tensor,
  ): void {
    const scaler = this.lossScale;
    const rate =
      multiplier === 1 ? learningRate : apply(operators.sgdScaleRate, { multiplier }, { learningRate }).scaledRate;
    append(
      new FlatNode({
        kernel: (scaler ? sgdUpdateScaled : sgdUpdate) as Kernel<unknown>,
        options: { ...this.rule, weightDecay },
        lists,
        scalars: {
          learningRate: rate,
          stepCount: this.stepCount,
          ...(scaler && { lossScale: scaler.scale, overflowed: scaler.overflowed }),
        },
      }),
    );
  }
}
