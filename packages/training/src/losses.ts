import { add, confidence, scale, softmax, softmaxCrossEntropy, topOne, type Tensor } from "@fledge/autograd";
import type { Taught } from "./pseudo-labels/label-source.ts";

export interface LossOptions {
  /** torch's `label_smoothing`. */
  readonly labelSmoothing: number;
}

export interface JointLossOptions extends LossOptions {
  /** `label_smoothing` of hard pseudo-labels; soft ones are taken as they are. */
  readonly pseudoSmoothing: number;
  /** What the unlabelled images' loss is multiplied by: 1 in the paper; official Noisy Student has unlabelled per labelled. */
  readonly ratio: number;
  /** The mean over unlabelled images: over all of them, or over those that count. */
  readonly reduction: "mean_all" | "mean_kept";
}

export interface JointLoss {
  readonly loss: Tensor;
  readonly labelledLoss: Tensor;
  readonly unlabelledLoss: Tensor;
}

/** "1/n sum over the labelled + 1/m sum over the unlabelled images" of the cross entropy, the second times `ratio` (paper, section 3.2). */
export function jointLoss(
  labelled: { readonly logits: Tensor; readonly target: Tensor },
  unlabelled: { readonly logits: Tensor } & Pick<Taught, "target" | "weights">,
  { labelSmoothing, pseudoSmoothing, ratio, reduction }: JointLossOptions,
): JointLoss {
  const { target, weights } = unlabelled;
  const labelledLoss = softmaxCrossEntropy(labelled.logits, labelled.target, { labelSmoothing });
  const unlabelledLoss = softmaxCrossEntropy(unlabelled.logits, target, {
    labelSmoothing: target.dtype === "i32" ? pseudoSmoothing : 0,
    weights,
    reduction,
  });
  const weighed = ratio === 1 ? unlabelledLoss : scale(unlabelledLoss, ratio);
  return { loss: add(labelledLoss, weighed), labelledLoss, unlabelledLoss };
}

export interface FixMatchRule {
  /** How sure the model must be of the weak view, 0 to 1. */
  readonly threshold: number;
  /** What the weak view's logits are divided by before the softmax. */
  readonly temperature: number;
}

/**
 * FixMatch's loss of unlabelled images (Sohn et al. 2020, equation 4): the strong view is taught the most likely class of
 * the weak view, where the model is sure enough of it; over all images, sure or not. No gradient goes to the weak view.
 */
export function fixMatchLoss(
  weakLogits: Tensor,
  strongLogits: Tensor,
  { threshold, temperature }: FixMatchRule,
): { readonly loss: Tensor; readonly labels: Tensor; readonly kept: Tensor } {
  const labels = topOne(weakLogits).classes;
  const { kept } = confidence(softmax(weakLogits, temperature), labels, threshold);
  const loss = softmaxCrossEntropy(strongLogits, labels, { weights: kept, reduction: "mean_all" });
  return { loss, labels, kept };
}
