import {
  dlrGradient,
  grad,
  normalisePixels,
  softmaxCrossEntropy,
  type CompileOptions,
  type NormaliseOptions,
  type Tensor,
} from "@fledge/autograd";
import type { Gpu } from "@fledge/runtime";
import type { Model } from "../model.ts";

/** A network under attack. It is attacked in pixels: values in 0..1 before they are normalised. */
export interface AttackTarget {
  readonly gpu: Gpu;
  /** Images f32 [N,height,width,3], normalised -> logits [N,classes], in eval mode. */
  readonly logitsOf: (images: Tensor) => Tensor;
  readonly height: number;
  readonly width: number;
  readonly classes: number;
  /** Of the normalisation; ImageNet's if absent. */
  readonly statistics?: NormaliseOptions["statistics"];
  readonly options?: Omit<CompileOptions, "atOnce">;
}

/** A model in eval mode as a target. */
export const targetOf = ({ gpu, network, imageSize, choices }: Model): AttackTarget => ({
  gpu,
  logitsOf: (images) => network(images, { mode: "eval" }),
  height: imageSize,
  width: imageSize,
  classes: network.architecture.classes,
  options: { choices },
});

/** Pixels f32 [N,H,W,3] in 0..1 -> logits [N,classes]. */
export const logitsOfPixels = ({ logitsOf, statistics }: AttackTarget, pixels: Tensor): Tensor =>
  logitsOf(normalisePixels(pixels, statistics));

/** What an attack climbs: the cross entropy of the labels, or the targeted difference of logits ratio. */
export type AttackLoss = "cross-entropy" | "targeted-dlr";

/** The logits of pixels, and the gradient with respect to them: of the mean cross entropy, or of DLR's sum. */
export function pixelGradient(
  target: AttackTarget,
  loss: AttackLoss,
  { pixels, labels, targets }: Readonly<Record<"pixels" | "labels" | "targets", Tensor>>,
): { readonly logits: Tensor; readonly gradient: Tensor } {
  const logits = logitsOfPixels(target, pixels);
  const [gradient] =
    loss === "cross-entropy"
      ? grad(softmaxCrossEntropy(logits, labels), [pixels])
      : grad(logits, [pixels], dlrGradient(logits, labels, targets));
  return { logits, gradient: gradient! };
}
