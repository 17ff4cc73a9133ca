import { GradientAccumulator, kernelUses, Sgd } from "@fledge/autograd";
import type { Gpu, KernelUse } from "@fledge/runtime";
import { imagesAtOnce, schedulesOf } from "../config/schedules.ts";
import type { Config } from "../config/schema.ts";
import { networkOf, prediction } from "./model.ts";
import { partSizes } from "./step-in-parts.ts";
import { addUp, labelledStep, update, updateFromSums } from "./steps.ts";

/**
 * The kernels and shapes of a configuration's programs for full batches: the training steps, and evaluation in the
 * modes that it needs. A pseudo-labelled step has those of a labelled one and of evaluation, and no others.
 */
export function kernelUsesOf(gpu: Gpu, config: Config, classes: number): KernelUse[] {
  const { momentum, weightDecay, labelSmoothing } = config.training;
  const model = { network: networkOf(config, classes), imageSize: config.data.imageSize };
  const optimiser = new Sgd(model.network.parameters, { momentum, weightDecay });
  const accumulator = new GradientAccumulator(model.network.parameters);
  const step = (size: number): KernelUse[] => {
    const atOnce = imagesAtOnce(size, config);
    if (atOnce === size) return kernelUses(gpu, labelledStep(model, update(optimiser), size, labelSmoothing));
    const parts = [...new Set(partSizes(size, atOnce))];
    return [
      ...parts.flatMap((part) => kernelUses(gpu, labelledStep(model, addUp(accumulator), part, labelSmoothing))),
      ...kernelUses(gpu, updateFromSums(optimiser, accumulator)),
    ];
  };
  const batchSizes = [...new Set(Object.values(schedulesOf(config)).map(({ batchSize }) => batchSize))];
  // A part of a pseudo-labelled step may be smaller than what is evaluated at once.
  const evaluated = new Set(
    batchSizes.flatMap((size) => [imagesAtOnce(size, config), ...partSizes(size, imagesAtOnce(size, config))]),
  );
  const modes = [...new Set(["eval", config.pseudoLabels.teacherMode] as const)];
  return [
    ...batchSizes.flatMap(step),
    ...[...evaluated].flatMap((size) => modes.flatMap((mode) => kernelUses(gpu, prediction(model, size, mode)))),
  ];
}
