import type { LogitsShape, SoftmaxCrossEntropyShape, WeightedCrossEntropyShape } from "@fledge/softmax-cross-entropy";
import { ConstantTensor, type Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { operators } from "./table.ts";

const scoresShape = (logits: Tensor): LogitsShape => {
  const [N, C] = logits.shape as [number, number];
  return { N, C };
};

export interface CrossEntropyOptions {
  /** torch's `label_smoothing`; 0 if absent. */
  readonly labelSmoothing?: number;
  /** f32 [N], a weight for each row; a row of weight 0 does not count. 1 if absent. No gradient goes to them. */
  readonly weights?: Tensor | undefined;
  /**
   * What the sum over weighted rows is divided by: their number ("mean_all", if absent), or the sum of the weights
   * ("mean_kept"), where 0 gives a loss and a gradient of 0.
   */
  readonly reduction?: WeightedCrossEntropyShape["reduction"];
}

/**
 * torch.nn.functional.cross_entropy, mean over the batch: logits [N,C] -> scalar.
 * @param target labels i32 [N], or probabilities f32 [N,C]; no gradient goes to them
 */
export function softmaxCrossEntropy(
  logits: Tensor,
  target: Tensor,
  { labelSmoothing = 0, weights, reduction = "mean_all" }: CrossEntropyOptions = {},
): Tensor {
  const hard = target.dtype === "i32";
  const shape: SoftmaxCrossEntropyShape = { ...scoresShape(logits), target: hard ? "hard" : "soft", labelSmoothing };
  const inputs = { logits, ...(hard ? { labels: target } : { targets: target }) };
  if (!weights) return apply(operators.softmaxCrossEntropy, shape, inputs).loss;
  return apply(operators.weightedCrossEntropy, { ...shape, reduction }, { ...inputs, weights }).loss;
}

/** torch.softmax(logits / temperature, dim=1): [N,C] -> [N,C]. Not differentiable: it is for a teacher's targets. */
export const softmax = (logits: Tensor, temperature = 1): Tensor =>
  apply(operators.softmax, { ...scoresShape(logits), temperature }, { logits }).probabilities;

/** How sure rows are of their classes, f32 [N], and which are sure enough. */
export interface Confidence {
  readonly confidences: Tensor;
  /** f32 [N]: 1 where the confidence is at least the class's threshold, else 0; weights for a loss. */
  readonly kept: Tensor;
}

/**
 * Holds each row's class against a threshold: probabilities [N,C], classes i32 [N].
 * @param threshold one for all classes, or one for each of them
 */
export function confidence(probabilities: Tensor, classes: Tensor, threshold: number | readonly number[]): Confidence {
  const shape = scoresShape(probabilities);
  const values = typeof threshold === "number" ? Array.from({ length: shape.C }, () => threshold) : threshold;
  if (values.length !== shape.C)
    throw new RangeError(
      `confidence: ${values.length} thresholds for ${shape.C} classes; give one for each, or a number`,
    );
  const thresholds = new ConstantTensor(Float32Array.from(values), [shape.C], "thresholds");
  return apply(operators.confidence, shape, { probabilities, classes, thresholds });
}

/** The most likely class of each row and its probability: logits [N,C] -> classes i32 [N], probabilities [N]. */
export const topOne = (logits: Tensor): { readonly classes: Tensor; readonly probabilities: Tensor } =>
  apply(operators.topOne, scoresShape(logits), { logits });

/** How many rows have their label as the most likely class: u32 scalar. */
export const countCorrect = (logits: Tensor, labels: Tensor): Tensor =>
  apply(operators.countCorrect, scoresShape(logits), { logits, labels }).correct;
