import { autocast, countCorrect, float32, grad, type ProgramSource, type Sgd, type Tensor } from "@fledge/autograd";
import type { Network } from "@fledge/resnet";
import type { Precision } from "@fledge/runtime";
import type { Objective } from "./objectives.ts";

/** What to compute on a batch of any size. */
export type BatchProgram<Result extends string> = (batchSize: number) => ProgramSource<string, Result>;

/** No further results. */
export const nothing = (): never => ({}) as never;

export type StepResult = "loss" | "correct" | "labels";

/** What a step says where its loss is scaled: the scale that the next step takes, and whether this one moved nothing. */
export type ScalingResult = "lossScale" | "skipped";

/** What a step computes on its way, for who wants to see more of it. */
export interface StepInside {
  readonly logits: Tensor;
  /** By parameter, in the network's order; of a scaled loss they are as many times as large. */
  readonly gradients: readonly Tensor[];
}

export interface StepOptions<Result extends string> {
  /** Of the products of all networks in the step and of their gradients; weights, statistics, loss and update are in f32. */
  readonly precision?: Precision | undefined;
  /** Names further results. */
  readonly also?: (inside: StepInside) => Readonly<Record<Result, Tensor>>;
}

/** One step of an optimiser towards an objective. Where it scales the loss, the results of `ScalingResult` join the others. */
export const trainingStep =
  <Result extends string = never>(
    network: Network,
    objective: Objective,
    optimiser: Sgd,
    { precision = "f32", also = nothing }: StepOptions<Result> = {},
  ): BatchProgram<StepResult | Result> =>
  (batchSize) => [
    {
      ...objective.inputs(batchSize, network),
      learningRate: float32(),
      ...(optimiser.average && { averageWeight: float32() }),
    },
    ({ learningRate, averageWeight, ...given }) => {
      const { loss, logits, labels, beside } = autocast(precision, () => objective.lossOf(network, given));
      const { lossScale } = optimiser;
      const gradients = grad(loss, network.parameters, lossScale?.scale);
      optimiser.update(gradients, { learningRate: learningRate!, averageWeight });
      const scaling = lossScale && { lossScale: lossScale.scale, skipped: lossScale.skipped };
      const results = { loss, correct: countCorrect(logits, labels), labels, ...beside, ...scaling };
      return { ...results, ...also({ logits, gradients }) };
    },
  ];
