import {
  LossScale,
  Sgd,
  WeightAverage,
  type LossScaleOptions,
  type ParameterGroup,
  type Variable,
} from "@fledge/autograd";
import type { Network } from "@fledge/resnet";
import type { AverageRule } from "./average-decay.ts";

/** Averaged weights, and who uses them. */
export interface AveragePlan extends AverageRule {
  /** "evaluated": validation, the best checkpoint and tests; "teacher": who labels images for students. */
  readonly use: "teacher" | "evaluated" | "both";
}

export interface OptimiserSettings {
  readonly momentum: number;
  readonly weightDecay: number;
  readonly nesterov?: boolean;
  /** Whether weight decay reaches BatchNorm's weights and all biases, as PyTorch's default does; true where absent. */
  readonly decayNormAndBias?: boolean;
  /** Absent or null: no averages are kept. */
  readonly average?: AveragePlan | null;
  /** How the loss is scaled; absent or null: it is not. */
  readonly lossScale?: LossScaleOptions | null;
}

/** Vectors, which are BatchNorm's weights and all biases, without weight decay; the others as the rule has it. */
const sparingVectors = (parameters: readonly Variable[]): ParameterGroup[] => [
  { parameters: parameters.filter(({ shape }) => shape.length > 1) },
  { parameters: parameters.filter(({ shape }) => shape.length <= 1), weightDecay: 0 },
];

/** The optimiser that trains a network; averages are of its running statistics too. */
export function optimiserOf({ parameters, variables }: Network, settings: OptimiserSettings): Sgd {
  const { momentum, weightDecay, nesterov = false, decayNormAndBias = true, average, lossScale } = settings;
  const spares = !decayNormAndBias && weightDecay > 0;
  return new Sgd(
    parameters,
    { momentum, weightDecay, nesterov },
    {
      ...(spares ? { groups: sparingVectors(parameters) } : {}),
      average: average ? new WeightAverage(variables) : undefined,
      lossScale: lossScale ? new LossScale(lossScale) : undefined,
    },
  );
}
