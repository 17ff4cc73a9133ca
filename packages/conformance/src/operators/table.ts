import { seededSplit } from "@fledge/random";
import { z } from "zod";
import type { GoldenCase } from "@fledge/golden-cases";
import type { Comparison, Computed } from "../compare.ts";
import type { CaseRunner } from "../context.ts";
import { layerOps, runLayer } from "./differentiable.ts";
import { runAugment, runHorizontalFlip, runPolicy, runResizeCenterCrop, runResizedCrop } from "./images.ts";
import { runNarrowNetwork } from "./narrow-network.ts";
import { compareNearDuplicates, runNearDuplicates } from "./near-duplicates.ts";
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
  near_duplicates: runNearDuplicates,
};

/** Ops whose results are not compared tensor by tensor, and how they are. */
export const comparers: Readonly<Record<string, (golden: GoldenCase, computed: Computed) => Comparison[]>> = {
  near_duplicates: compareNearDuplicates,
};
