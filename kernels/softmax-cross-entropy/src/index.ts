import { input, output, type Kernel, type KernelTensor } from "@fledge/runtime";
import * as backward from "./backward/ladder.ts";
import * as confidences from "./confidence/ladder.ts";
import * as counting from "./count-correct/ladder.ts";
import * as forward from "./forward/ladder.ts";
import {
  selectBackward,
  selectConfidence,
  selectCountCorrect,
  selectForward,
  selectSoftmax,
  selectTopOne,
  selectWeightedBackward,
  selectWeightedForward,
  selectWithGradient,
} from "./select.ts";
import {
  checkLogits,
  checkLoss,
  checkSoftmax,
  checkWeighted,
  hasDenseTargets,
  softmaxFlops,
  type LogitsShape,
  type SoftmaxCrossEntropyShape,
  type SoftmaxShape,
  type WeightedCrossEntropyShape,
} from "./shape.ts";
import * as softmaxes from "./softmax/ladder.ts";
import * as ranking from "./top-one/ladder.ts";
import * as weightedBackward from "./weighted-backward/ladder.ts";
import * as weightedForward from "./weighted-forward/ladder.ts";
import * as both from "./with-gradient/ladder.ts";

export type { LogitsShape, SoftmaxCrossEntropyShape, SoftmaxShape, WeightedCrossEntropyShape } from "./shape.ts";

const answers = ({ N, C, target }: SoftmaxCrossEntropyShape): Record<string, KernelTensor> =>
  target === "soft" ? { targets: input([N, C], "f32", [1 / 16, 1]) } : { labels: input([N], "i32", [0, C]) };

/**
 * Mean over the batch of the cross entropy between softmax(logits) and the targets:
 * `torch.nn.functional.cross_entropy` with reduction "mean", without class weights and without an ignored index.
 * Tensors: logits [N,C] in; labels i32[N] in (hard) or targets [N,C] in (soft); loss f32[] out.
 * A hard label outside 0..C-1 gives a NaN loss.
 */
export const softmaxCrossEntropyForward: Kernel<SoftmaxCrossEntropyShape> = {
  ...forward.ladder,
  check: (shape) => checkLoss("softmax-cross-entropy-forward", shape),
  tensors: (shape) => ({ logits: input([shape.N, shape.C]), ...answers(shape), loss: output([]) }),
  // Where all classes have a share: the share, a multiply-add; the logarithm of the softmax; their product's sum.
  flops: (shape) => softmaxFlops(shape) + (hasDenseTargets(shape) ? 6 * shape.N * shape.C : 0),
  select: selectForward,
};

/**
 * Gradient of `softmaxCrossEntropyForward`.
 * Tensors: logits [N,C] in; labels i32[N] in (hard) or targets [N,C] in (soft); dLoss f32[] in; dLogits [N,C] out.
 * A hard label outside 0..C-1 gives a row of NaN.
 */
export const softmaxCrossEntropyBackward: Kernel<SoftmaxCrossEntropyShape> = {
  ...backward.ladder,
  check: (shape) => checkLoss("softmax-cross-entropy-backward", shape),
  tensors: (shape) => ({
    logits: input([shape.N, shape.C]),
    ...answers(shape),
    dLoss: input([]),
    dLogits: output([shape.N, shape.C]),
  }),
  // A division, a difference and a scaling; with soft targets the shares and their sum.
  flops: (shape) => softmaxFlops(shape) + (shape.target === "soft" ? 7 : 3) * shape.N * shape.C,
  select: selectBackward,
};

/**
 * `softmaxCrossEntropyForward` and `softmaxCrossEntropyBackward` at once, for a dLoss known beforehand.
 * Tensors: logits [N,C] in; labels i32[N] in (hard) or targets [N,C] in (soft); dLoss f32[] in;
 * loss f32[] and dLogits [N,C] out. A hard label outside 0..C-1 gives a NaN loss and a row of NaN.
 */
export const softmaxCrossEntropyWithGradient: Kernel<SoftmaxCrossEntropyShape> = {
  ...both.ladder,
  check: (shape) => checkLoss("softmax-cross-entropy-with-gradient", shape),
  tensors: (shape) => ({
    ...softmaxCrossEntropyBackward.tensors(shape),
    ...softmaxCrossEntropyForward.tensors(shape),
  }),
  // The softmax is worked out once for both.
  flops: (shape) =>
    softmaxCrossEntropyForward.flops(shape) + softmaxCrossEntropyBackward.flops(shape) - softmaxFlops(shape),
  select: selectWithGradient,
};

/**
 * `softmaxCrossEntropyForward` with a weight for each row, over the number of rows ("mean_all": torch's
 * `(F.cross_entropy(..., reduction="none") * weights).mean()`) or over the sum of the weights ("mean_kept"), where 0
 * gives 0. A row of weight 0 does not count, whatever its logits and label.
 * Tensors: logits [N,C] in; labels i32[N] in (hard) or targets [N,C] in (soft); weights [N] in; loss f32[] out.
 */
export const weightedCrossEntropyForward: Kernel<WeightedCrossEntropyShape> = {
  ...weightedForward.ladder,
  check: (shape) => checkWeighted("weighted-cross-entropy-forward", shape),
  tensors: ({ N, C, ...shape }) => ({
    logits: input([N, C]),
    ...answers({ N, C, ...shape }),
    weights: input([N], "f32", [0, 1]),
    loss: output([]),
  }),
  // Each row's loss is weighed and added, and its weight where it counts.
  flops: (shape) => softmaxCrossEntropyForward.flops(shape) + (shape.reduction === "mean_kept" ? 2 : 1) * shape.N,
  select: selectWeightedForward,
};

/**
 * Gradient of `weightedCrossEntropyForward` with respect to the logits; the weights have none.
 * Tensors: what the forward reads and dLoss f32[] in; dLogits [N,C] out.
 */
export const weightedCrossEntropyBackward: Kernel<WeightedCrossEntropyShape> = {
  ...weightedBackward.ladder,
  check: (shape) => checkWeighted("weighted-cross-entropy-backward", shape),
  tensors: ({ N, C, ...shape }) => ({
    logits: input([N, C]),
    ...answers({ N, C, ...shape }),
    weights: input([N], "f32", [0, 1]),
    dLoss: input([]),
    dLogits: output([N, C]),
  }),
  flops: (shape) => softmaxCrossEntropyBackward.flops(shape) + (shape.reduction === "mean_kept" ? 2 : 1) * shape.N,
  select: selectWeightedBackward,
};

/**
 * Each row's shares at a temperature: `torch.softmax(logits / temperature, dim=1)`.
 * Tensors: logits [N,C] in; probabilities [N,C] out.
 */
export const softmax: Kernel<SoftmaxShape> = {
  ...softmaxes.ladder,
  check: (shape) => checkSoftmax("softmax", shape),
  tensors: ({ N, C }) => ({ logits: input([N, C]), probabilities: output([N, C]) }),
  // The division by the temperature, and that by the sum.
  flops: (shape) => softmaxFlops(shape) + 2 * shape.N * shape.C,
  select: selectSoftmax,
};

/**
 * How sure a row is of its class, and 1 where that is at least the class's threshold, else 0. NaN is kept as NaN.
 * Tensors: probabilities [N,C], classes i32[N], thresholds [C] in; confidences [N], kept [N] out.
 */
export const confidence: Kernel<LogitsShape> = {
  ...confidences.ladder,
  check: (shape) => checkLogits("confidence", shape),
  tensors: ({ N, C }) => ({
    probabilities: input([N, C], "f32", [0, 1]),
    classes: input([N], "i32", [0, C]),
    thresholds: input([C], "f32", [0, 1]),
    confidences: output([N]),
    kept: output([N]),
  }),
  flops: ({ N }) => N,
  select: selectConfidence,
};

/**
 * The class with the largest logit of each row, the first of equals, and its softmax probability.
 * The first NaN of a row is its largest, as in `torch.argmax`, and has probability NaN.
 * Tensors: logits [N,C] in; classes i32[N], probabilities [N] out.
 */
export const topOne: Kernel<LogitsShape> = {
  ...ranking.ladder,
  check: (shape) => checkLogits("top-one", shape),
  tensors: ({ N, C }) => ({ logits: input([N, C]), classes: output([N], "i32"), probabilities: output([N]) }),
  flops: softmaxFlops,
  select: selectTopOne,
};

/**
 * How many rows have their label as the class of `topOne`. A label outside 0..C-1 is never correct.
 * Tensors: logits [N,C], labels i32[N] in; correct u32[] out.
 */
export const countCorrect: Kernel<LogitsShape> = {
  ...counting.ladder,
  check: (shape) => checkLogits("count-correct", shape),
  tensors: ({ N, C }) => ({ logits: input([N, C]), labels: input([N], "i32", [0, C]), correct: output([], "u32") }),
  flops: ({ N, C }) => N * C,
  select: selectCountCorrect,
};
