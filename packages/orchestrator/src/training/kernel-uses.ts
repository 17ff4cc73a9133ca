import { kernelUses, Sgd } from "@fledge/autograd";
import type { Gpu, KernelUse } from "@fledge/runtime";
import { schedulesOf } from "../config/schedules.ts";
import type { Config } from "../config/schema.ts";
import { networkOf, prediction } from "./model.ts";
import { labelledStep } from "./steps.ts";

/**
 * The kernels and shapes of a configuration's programs for full batches: the training steps, and evaluation in the
 * modes that it needs. A pseudo-labelled step has those of a labelled one and of evaluation, and no others.
 */
export function kernelUsesOf(gpu: Gpu, config: Config, classes: number): KernelUse[] {
  const { momentum, weightDecay, labelSmoothing } = config.training;
  const model = { network: networkOf(config, classes), imageSize: config.data.imageSize };
  const optimiser = new Sgd(model.network.parameters, { momentum, weightDecay });
  const batchSizes = new Set(Object.values(schedulesOf(config)).map(({ batchSize }) => batchSize));
  const modes = [...new Set(["eval", config.pseudoLabels.teacherMode] as const)];
  return [...batchSizes].flatMap((size) => [
    ...kernelUses(gpu, labelledStep(model, optimiser, size, labelSmoothing)),
    ...modes.flatMap((mode) => kernelUses(gpu, prediction(model, size, mode))),
  ]);
}
