import { countCorrect, float32, grad, type ProgramSource, type Sgd, type Tensor } from "@fledge/autograd";
import type { Network } from "@fledge/resnet";
import type { Objective } from "./objectives.ts";

/** What to compute on a batch of any size. */
export type BatchProgram<Result extends string> = (batchSize: number) => ProgramSource<string, Result>;

/** No further results. */
export const nothing = (): never => ({}) as never;

export type StepResult = "loss" | "correct" | "labels";

/** What a step computes on its way, for who wants to see more of it. */
export interface StepInside {
  readonly logits: Tensor;
  /** By parameter, in the network's order. */
  readonly gradients: readonly Tensor[];
}

/** One step of an optimiser towards an objective. `also` names further results. */
export const trainingStep =
  <Result extends string = never>(
    network: Network,
    objective: Objective,
    optimiser: Sgd,
    also: (inside: StepInside) => Readonly<Record<Result, Tensor>> = nothing,
  ): BatchProgram<StepResult | Result> =>
  (batchSize) => [
    {
      ...objective.inputs(batchSize, network),
      learningRate: float32(),
      ...(optimiser.average && { averageWeight: float32() }),
    },
    ({ learningRate, averageWeight, ...given }) => {
      const { loss, logits, labels, beside } = objective.lossOf(network, given);
      const gradients = grad(loss, network.parameters);
      optimiser.update(gradients, { learningRate: learningRate!, averageWeight });
      return { loss, correct: countCorrect(logits, labels), labels, ...beside, ...also({ logits, gradients }) };
    },
  ];
