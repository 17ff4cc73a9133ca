import { storageOf } from "../autocast.ts";
import type { Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { operators } from "./table.ts";

/**
 * MixUp and CutMix of two batches of normalised images f32 [N,H,W,C]: `others` within the box, outside it
 * share * images + (1 - share) * others. Not differentiable: images are inputs.
 * @param share f32 scalar
 * @param box i32 [4]: top, left, bottom, right (exclusive) in pixels; empty for MixUp
 */
export function mixImages(images: Tensor, others: Tensor, share: Tensor, box: Tensor): Tensor {
  const [N, H, W, C] = images.shape as [number, number, number, number];
  return apply(operators.mixImages, { N, H, W, C, ...storageOf(images, others) }, { images, others, share, box }).out;
}

/**
 * The targets of mixed images: labels and otherLabels i32 [N] -> f32 [N,classes], the first's class with the share and
 * the other's with the rest.
 * @param share f32 scalar
 */
export function mixTargets(labels: Tensor, otherLabels: Tensor, share: Tensor, classes: number): Tensor {
  const N = labels.shape[0]!;
  return apply(operators.mixTargets, { N, C: classes }, { labels, otherLabels, share }).targets;
}
