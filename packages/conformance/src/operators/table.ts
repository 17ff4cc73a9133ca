import { seededSplit } from "@fledge/random";
import { z } from "zod";
import type { GoldenCase } from "@fledge/golden-cases";
import type { Comparison, Computed } from "../compare.ts";
import type { CaseRunner } from "../context.ts";
import { runAttack, runInputGradient } from "./attacks.ts";
import { runCorruption, runPlasmaMap } from "./corruptions.ts";
import { layerOps, runLayer } from "./differentiable.ts";
import { runAugment, runHorizontalFlip, runPolicy, runResizeCenterCrop, runResizedCrop } from "./images.ts";
import { runCalibration, runConfusion, runFlipRate, runMce, runTopK } from "./metrics.ts";
import { runCutMix, runMixUp } from "./mix.ts";
import { runNarrowNetwork } from "./narrow-network.ts";
import { runDropPathRates, runNoise } from "./network-noise.ts";
import { compareNearDuplicates, runNearDuplicates } from "./near-duplicates.ts";
import { runNormalise } from "./normalise.ts";
import { runSgd, runStepLr } from "./optimiser.ts";
import { runFilterBalance, runFixMatchLoss, runJointLoss, runSoftLabels, runTopKPerClass } from "./pseudo-labels.ts";
import { runCosineLr, runEma, runSgdGroups } from "./recipe.ts";
import { runRecipeNetwork } from "./recipe-network.ts";
import { statisticsOps } from "./statistics.ts";

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
  dropout: runNoise,
  drop_path: runNoise,
  drop_path_rates: runDropPathRates,
  sgd: runSgd,
  step_lr: runStepLr,
  cosine_lr: runCosineLr,
  ema: runEma,
  sgd_groups: runSgdGroups,
  mixup: runMixUp,
  cutmix: runCutMix,
  resnet_bottleneck_train: runNarrowNetwork,
  resnet50_recipe_train: runRecipeNetwork,
  image_augment: runAugment,
  augment_policy: runPolicy,
  image_resized_crop: runResizedCrop,
  image_resize_center_crop: runResizeCenterCrop,
  image_horizontal_flip: runHorizontalFlip,
  image_normalise: runNormalise,
  seeded_split: runSplit,
  ...statisticsOps,
  joint_loss: runJointLoss,
  fixmatch_loss: runFixMatchLoss,
  soft_labels: runSoftLabels,
  filter_balance: runFilterBalance,
  top_k_per_class: runTopKPerClass,
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
  near_duplicates: runNearDuplicates,
};

/** Ops whose results are not compared tensor by tensor, and how they are. */
export const comparers: Readonly<Record<string, (golden: GoldenCase, computed: Computed) => Comparison[]>> = {
  near_duplicates: compareNearDuplicates,
};
