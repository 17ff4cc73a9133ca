import type { Random } from "@fledge/random";
import type { RgbImage } from "../image.ts";
import { applyOperation } from "./apply-operation.ts";
import { drawStep } from "./draw-step.ts";
import type { AugmentStep, ImageSize } from "./draw-step.ts";
import { operationsToDraw } from "./operation-settings.ts";
import { checkRange } from "./check-range.ts";
import { samplingOf } from "./sampling.ts";
import type { RandAugmentOptions } from "./sampling.ts";

/**
 * RandAugment as one of three packages does it, by default the paper's: `randAugment()(image, random)`.
 * What it draws depends on `random` and the size of the image alone. Throws a RangeError for an option out of range.
 */
export function randAugment(options: RandAugmentOptions = {}): (image: RgbImage, random: Random) => RgbImage {
  const draw = augmentationDraw(options);
  return (image, random) => applySteps(image, draw(random, image));
}

/** Only the draw: which operations, at which levels, with which signs and centres; for figures, logs and tests. */
export function augmentationDraw(options: RandAugmentOptions = {}): (random: Random, size: ImageSize) => AugmentStep[] {
  const sampling = samplingOf(options);
  const { library, table, choose } = sampling;
  checkRange("probability", sampling.probability, 0, 1);
  const { names, drawables } = operationsToDraw(options.operations, sampling);
  const shared = {
    ...(options.fill && { fill: options.fill }),
    ...(options.library === "torchvision" && options.interpolation && { interpolation: options.interpolation }),
  };
  return (random, size) =>
    choose(random, names).map(({ name, level }) => {
      const { levelOf, probability } = drawables.get(name)!;
      const step = { library, name, level: levelOf(level) };
      return { ...drawStep(step, table[name]!, probability, random, size), ...shared };
    });
}

/** Applies the steps that were drawn as applied, in order; may return the image itself. */
export function applySteps(image: RgbImage, steps: readonly AugmentStep[]): RgbImage {
  return steps
    .filter((step) => step.applied)
    .reduce((augmented, step) => applyOperation(step.library, step.name, augmented, step), image);
}
