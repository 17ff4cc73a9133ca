import { seededSplit } from "@fledge/random";
import { z } from "zod";
import type { CaseRunner } from "../context.ts";
import { runAttack, runInputGradient } from "./attacks.ts";
import { runCorruption, runPlasmaMap } from "./corruptions.ts";
import { layerOps, runLayer } from "./differentiable.ts";
import { runAugment, runHorizontalFlip, runPolicy, runResizeCenterCrop, runResizedCrop } from "./images.ts";
import { runCalibration, runConfusion, runFlipRate, runMce, runTopK } from "./metrics.ts";
import { runNarrowNetwork } from "./narrow-network.ts";
import { runNormalise } from "./normalise.ts";
import { runSgd, runStepLr } from "./optimiser.ts";
import { runRecipeNetwork } from "./recipe-network.ts";

const runSplit: CaseRunner = async (golden) => {
  const { count, seed, fractions, parts } = golden.attributesAs(
    z.object({
      count: z.int(),
      seed: z.int(),
      fractions: z.record(z.string(), z.number()),
      parts: z.array(z.string()),
    }),
  );
  const split = seededSplit({ count, seed, fractions, parts });
  return new Map(
    parts.map((part) => [part, { shape: [split[part]!.length], data: split[part] as Int32Array<ArrayBuffer> }]),
  );
};

/** How each op of FORMAT.md is computed. */
export const runners: Readonly<Record<string, CaseRunner>> = {
  ...Object.fromEntries(Object.keys(layerOps).map((op) => [op, runLayer])),
  sgd: runSgd,
  step_lr: runStepLr,
  resnet_bottleneck_train: runNarrowNetwork,
  resnet50_recipe_train: runRecipeNetwork,
  image_augment: runAugment,
  augment_policy: runPolicy,
  image_resized_crop: runResizedCrop,
  image_resize_center_crop: runResizeCenterCrop,
  image_horizontal_flip: runHorizontalFlip,
  image_normalise: runNormalise,
  seeded_split: runSplit,
  fgsm: runAttack,
  pgd: runAttack,
  input_gradient: runInputGradient,
  corruption: runCorruption,
  plasma_map: runPlasmaMap,
  mce: runMce,
  flip_rate: runFlipRate,
  calibration_ece: runCalibration,
  confusion: runConfusion,
  topk: runTopK,
};
