import {
  countCorrect as countCorrectKernel,
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
  softmaxCrossEntropyWithGradient,
  topOne as topOneKernel,
  type LogitsShape,
  type SoftmaxCrossEntropyShape,
} from "@fledge/softmax-cross-entropy";
import { apply, operator } from "../operator.ts";
import type { Tensor } from "../tensor.ts";

type LossInput = "logits" | "labels" | "targets";

export const lossGradientOperator = operator<SoftmaxCrossEntropyShape, LossInput | "dLoss", "dLogits">(
  softmaxCrossEntropyBackward,
  ["logits", "labels", "targets", "dLoss"],
  ["dLogits"],
  "not differentiable",
);

export const lossOperator = operator<SoftmaxCrossEntropyShape, LossInput, "loss">(
  softmaxCrossEntropyForward,
  ["logits", "labels", "targets"],
  ["loss"],
  ({ shape, inputs }, { loss: dLoss }) => ({
    logits: () => apply(lossGradientOperator, shape, { ...inputs, dLoss: dLoss! }).dLogits,
    labels: null,
    targets: null,
  }),
);

/** Both at once, for a dLoss known before the loss; what fusion makes of a loss and its gradient. */
export const lossWithGradientOperator = operator<SoftmaxCrossEntropyShape, LossInput | "dLoss", "loss" | "dLogits">(
  softmaxCrossEntropyWithGradient,
  ["logits", "labels", "targets", "dLoss"],
  ["loss", "dLogits"],
  "not differentiable",
);

const topOneOperator = operator<LogitsShape, "logits", "classes" | "probabilities">(
  topOneKernel,
  ["logits"],
  ["classes", "probabilities"],
  "not differentiable",
);
const countCorrectOperator = operator<LogitsShape, "logits" | "labels", "correct">(
  countCorrectKernel,
  ["logits", "labels"],
  ["correct"],
  "not differentiable",
);

const scoresShape = (logits: Tensor): LogitsShape => {
  const [N, C] = logits.shape as [number, number];
  return { N, C };
};

/**
 * torch.nn.functional.cross_entropy, mean over the batch: logits [N,C] -> scalar.
 * @param target labels i32 [N], or probabilities f32 [N,C]
 */
export function softmaxCrossEntropy(
  logits: Tensor,
  target: Tensor,
  options: { readonly labelSmoothing?: number } = {},
): Tensor {
  const labelSmoothing = options.labelSmoothing ?? 0;
  const hard = target.dtype === "i32";
  const shape: SoftmaxCrossEntropyShape = { ...scoresShape(logits), target: hard ? "hard" : "soft", labelSmoothing };
  return apply(lossOperator, shape, { logits, ...(hard ? { labels: target } : { targets: target }) }).loss;
}

/** The most likely class of each row and its probability: logits [N,C] -> classes i32 [N], probabilities [N]. */
export const topOne = (logits: Tensor): { readonly classes: Tensor; readonly probabilities: Tensor } =>
  apply(topOneOperator, scoresShape(logits), { logits });

/** How many rows have their label as the most likely class: u32 scalar. */
export const countCorrect = (logits: Tensor, labels: Tensor): Tensor =>
  apply(countCorrectOperator, scoresShape(logits), { logits, labels }).correct;
