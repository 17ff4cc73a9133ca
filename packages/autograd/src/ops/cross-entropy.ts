import type { LogitsShape, SoftmaxCrossEntropyShape } from "@fledge/softmax-cross-entropy";
import type { Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { operators } from "./table.ts";

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
  return apply(operators.softmaxCrossEntropy, shape, { logits, ...(hard ? { labels: target } : { targets: target }) })
    .loss;
}

/** The most likely class of each row and its probability: logits [N,C] -> classes i32 [N], probabilities [N]. */
export const topOne = (logits: Tensor): { readonly classes: Tensor; readonly probabilities: Tensor } =>
  apply(operators.topOne, scoresShape(logits), { logits });

/** How many rows have their label as the most likely class: u32 scalar. */
export const countCorrect = (logits: Tensor, labels: Tensor): Tensor =>
  apply(operators.countCorrect, scoresShape(logits), { logits, labels }).correct;
