import type { Random } from "@fledge/random";
import type { ImageSize, RgbImage } from "../image.ts";
import { pixelOperation } from "./apply-operation.ts";
import { drawStep } from "./draw-step.ts";
import type { AugmentStep } from "./draw-step.ts";
import { operationsToDraw } from "./operation-settings.ts";
import { applyPixels, type PixelOperation } from "./pixel-operation.ts";
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

/** What the steps that were drawn as applied do to the pixels of an image of this size, in order. */
export const operationsOf = (steps: readonly AugmentStep[], size: ImageSize): PixelOperation[] =>
  steps
    .filter(({ applied }) => applied)
    .map((step) => pixelOperation(step.library, step.name, size, step))
    .filter(({ kind }) => kind !== "identity");

/** Applies the steps that were drawn as applied, in order; may return the image itself. */
export const applySteps = (image: RgbImage, steps: readonly AugmentStep[]): RgbImage =>
  operationsOf(steps, image).reduce(applyPixels, image);
