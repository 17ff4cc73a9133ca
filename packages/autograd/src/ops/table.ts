import * as attack from "@fledge/attack-step";
import * as batchnorm from "@fledge/batchnorm";
import * as conv from "@fledge/conv2d";
import * as noise from "@fledge/dropout";
import * as elementwise from "@fledge/elementwise";
import * as input from "@fledge/input";
import * as dense from "@fledge/linear";
import * as pooling from "@fledge/pooling";
import { elementCount } from "@fledge/runtime";
import * as sgd from "@fledge/sgd";
import * as loss from "@fledge/softmax-cross-entropy";
import { operator } from "../operator.ts";
import { ConstantTensor, Variable, type Tensor } from "../tensor.ts";
import { apply, castOperator } from "../trace.ts";
import { once } from "./once.ts";

// Gradients, which the rules below apply: a gradient is a constant to a later one.
const reluGradient = operator(elementwise.reluBackward, ["out", "dOut"], ["dX"], "not differentiable");
const conv2dGradInput = operator(conv.conv2dGradInput, ["dOut", "weight"], ["dX"], "not differentiable");
const conv2dGradWeight = operator(conv.conv2dGradWeight, ["x", "dOut"], ["dWeight"], "not differentiable");
const linearGradInput = operator(dense.linearGradInput, ["dOut", "weight"], ["dX"], "not differentiable");
const linearGradWeight = operator(dense.linearGradWeight, ["x", "dOut"], ["dWeight", "dBias"], "not differentiable");
const maxPool2dGradient = operator(pooling.maxPool2dBackward, ["argmax", "dOut"], ["dX"], "not differentiable");
const averageGradient = operator(pooling.globalAveragePoolBackward, ["dOut"], ["dX"], "not differentiable");
const batchNormGradient = operator(
  batchnorm.batchnormBackward,
  ["x", "mean", "variance", "weight", "gate", "dOut"],
  ["dX", "dWeight", "dBias", "dResidual"],
  "not differentiable",
);
const dropoutGradient = operator(noise.dropout, ["x", "keep"], ["out"], "not differentiable");
const dropPathGradient = operator(
  noise.dropPathBackward,
  ["out", "dOut", "keep"],
  ["dIdentity", "dBranch"],
  "not differentiable",
);
const scaleGradient = operator(elementwise.scale, ["x"], ["out"], "not differentiable");
const concatenateGradient = operator(elementwise.split, ["x"], ["a", "b"], "not differentiable");
const splitGradient = operator(elementwise.concatenate, ["a", "b"], ["out"], "not differentiable");
const weightedCrossEntropyGradient = operator(
  loss.weightedCrossEntropyBackward,
  ["logits", "labels", "targets", "weights", "dLoss"],
  ["dLogits"],
  "not differentiable",
);
const pixelsGradient = operator(input.normalisePixels, ["pixels"], ["out"], "not differentiable");
const softmaxCrossEntropyGradient = operator(
  loss.softmaxCrossEntropyBackward,
  ["logits", "labels", "targets", "dLoss"],
  ["dLogits"],
  "not differentiable",
);

const zerosLike = ({ shape }: Tensor): Tensor =>
  new ConstantTensor(new Float32Array(elementCount({ shape, dtype: "f32" })), shape, "zeros");

/** Every operator that ops and fusion apply, with its gradient rule: what PyTorch keeps in derivatives.yaml. */
export const operators = {
  relu: operator(elementwise.relu, ["x"], ["out"], ({ shape, outputs: { out } }, { out: dOut }) => ({
    x: () => apply(reluGradient, shape, { out, dOut: dOut! }, { outputShapes: { dX: out.shape } }).dX,
  })),

  add: operator(elementwise.add, ["a", "b"], ["out"], (_application, { out: dOut }) => ({
    a: () => dOut!,
    b: () => dOut!,
  })),

  cast: castOperator,

  /** What is known before the program runs, as the gradient of a loss, stays known. */
  scale: operator(elementwise.scale, ["x"], ["out"], ({ shape, inputs: { x } }, { out: dOut }) => ({
    x: () =>
      dOut instanceof ConstantTensor
        ? new ConstantTensor(
            dOut.data.map((value) => shape.factor * value),
            x.shape,
            `${shape.factor} * ${dOut.name}`,
          )
        : apply(scaleGradient, shape, { x: dOut! }, { outputShapes: { out: x.shape } }).out,
  })),

  concatenate: operator(elementwise.concatenate, ["a", "b"], ["out"], ({ shape, inputs: { a, b } }, { out: dOut }) => {
    const outputShapes = { a: a.shape, b: b.shape };
    const gradients = once(() => apply(concatenateGradient, shape, { x: dOut! }, { outputShapes }));
    return { a: () => gradients().a, b: () => gradients().b };
  }),

  split: operator(elementwise.split, ["x"], ["a", "b"], ({ shape, inputs: { x }, outputs }, { a, b }) => ({
    x: () => {
      const halves = { a: a ?? zerosLike(outputs.a), b: b ?? zerosLike(outputs.b) };
      return apply(splitGradient, shape, halves, { outputShapes: { out: x.shape } }).out;
    },
  })),

  conv2d: operator(conv.conv2dForward, ["x", "weight"], ["out"], ({ shape, inputs: { x, weight } }, { out: dOut }) => ({
    x: () => apply(conv2dGradInput, shape, { dOut: dOut!, weight }).dX,
    weight: () => apply(conv2dGradWeight, shape, { x, dOut: dOut! }).dWeight,
  })),

  linear: operator(
    dense.linearForward,
    ["x", "weight", "bias"],
    ["out"],
    ({ shape, inputs: { x, weight } }, { out: dOut }) => {
      const parameters = once(() => apply(linearGradWeight, shape, { x, dOut: dOut! }));
      return {
        x: () => apply(linearGradInput, shape, { dOut: dOut!, weight }).dX,
        weight: () => parameters().dWeight,
        bias: () => parameters().dBias,
      };
    },
  ),

  /** Of equal values the first takes the whole gradient. */
  maxPool2d: operator(
    pooling.maxPool2dForward,
    ["x"],
    ["out", "argmax"],
    ({ shape, outputs: { argmax } }, { out: dOut }) => ({
      x: () => apply(maxPool2dGradient, shape, { argmax, dOut: dOut! }).dX,
    }),
  ),

  globalAveragePool: operator(pooling.globalAveragePoolForward, ["x"], ["out"], ({ shape }, { out: dOut }) => ({
    x: () => apply(averageGradient, shape, { dOut: dOut! }).dX,
  })),

  /** The derivative through the batch's moments is part of the gradient of `batchNorm`, which reads them. */
  batchNormStatistics: operator(batchnorm.batchnormStatistics, ["x"], ["mean", "variance"], "not differentiable"),

  /** Normalisation by given moments, with the residual addition and the ReLU that fusion may have drawn in. */
  batchNorm: operator(
    batchnorm.batchnormApply,
    ["x", "mean", "variance", "weight", "bias", "residual"],
    ["out"],
    ({ shape, inputs: { x, mean, variance, weight, bias }, outputs: { out } }, { out: dOut }) => {
      // Running moments are variables and constant to x; others are the batch's own, computed from it.
      const frozen = mean instanceof Variable;
      const gate = shape.relu ? { gate: shape.residual ? out : bias } : {};
      const gradients = once(() =>
        apply(batchNormGradient, { ...shape, frozen }, { x, mean, variance, weight, dOut: dOut!, ...gate }),
      );
      return {
        x: () => gradients().dX,
        mean: null,
        variance: null,
        weight: () => gradients().dWeight,
        bias: () => gradients().dBias,
        residual: () => gradients().dResidual,
      };
    },
  ),

  keepMask: operator(noise.keepMask, ["keys"], ["keep"], "not differentiable"),

  /** Its gradient is dropout of the gradient, by the same mask. */
  dropout: operator(noise.dropout, ["x", "keep"], ["out"], ({ shape, inputs: { keep } }, { out: dOut }) => ({
    x: () => apply(dropoutGradient, shape, { x: dOut!, keep }, { outputShapes: { out: dOut!.shape } }).out,
    keep: null,
  })),

  dropoutGradient,

  /** Dropout by a mask that is drawn within; what fusion makes of `keepMask` and `dropout`. */
  dropoutDrawn: operator(noise.dropoutDrawn, ["x", "keys"], ["out"], "not differentiable"),

  dropPath: operator(
    noise.dropPathForward,
    ["identity", "branch", "keep"],
    ["out"],
    ({ shape, inputs: { keep }, outputs: { out } }, { out: dOut }) => {
      const outputShapes = { dIdentity: out.shape, dBranch: out.shape };
      const gradients = once(() =>
        apply(dropPathGradient, shape, { dOut: dOut!, keep, ...(shape.relu ? { out } : {}) }, { outputShapes }),
      );
      return {
        identity: () => (shape.relu ? gradients().dIdentity : dOut!),
        branch: () => gradients().dBranch,
        keep: null,
      };
    },
  ),

  softmaxCrossEntropy: operator(
    loss.softmaxCrossEntropyForward,
    ["logits", "labels", "targets"],
    ["loss"],
    ({ shape, inputs }, { loss: dLoss }) => ({
      logits: () => apply(softmaxCrossEntropyGradient, shape, { ...inputs, dLoss: dLoss! }).dLogits,
      labels: null,
      targets: null,
    }),
  ),

  softmaxCrossEntropyGradient,

  /** Both at once, for a dLoss known before the loss; what fusion makes of a loss and its gradient. */
  softmaxCrossEntropyWithGradient: operator(
    loss.softmaxCrossEntropyWithGradient,
    ["logits", "labels", "targets", "dLoss"],
    ["loss", "dLogits"],
    "not differentiable",
  ),

  weightedCrossEntropy: operator(
    loss.weightedCrossEntropyForward,
    ["logits", "labels", "targets", "weights"],
    ["loss"],
    ({ shape, inputs }, { loss: dLoss }) => ({
      logits: () => apply(weightedCrossEntropyGradient, shape, { ...inputs, dLoss: dLoss! }).dLogits,
      labels: null,
      targets: null,
      weights: null,
    }),
  ),

  softmax: operator(loss.softmax, ["logits"], ["probabilities"], "not differentiable"),

  confidence: operator(
    loss.confidence,
    ["probabilities", "classes", "thresholds"],
    ["confidences", "kept"],
    "not differentiable",
  ),

  topOne: operator(loss.topOne, ["logits"], ["classes", "probabilities"], "not differentiable"),

  countCorrect: operator(loss.countCorrect, ["logits", "labels"], ["correct"], "not differentiable"),

  normaliseImages: operator(input.normaliseImages, ["images", "placement"], ["out"], "not differentiable"),

  mixImages: operator(input.mixImages, ["images", "others", "share", "box"], ["out"], "not differentiable"),

  mixTargets: operator(input.mixTargets, ["labels", "otherLabels", "share"], ["targets"], "not differentiable"),

  /** The shift is constant: without a mean it is its own gradient. */
  normalisePixels: operator(input.normalisePixels, ["pixels"], ["out"], ({ shape }, { out: dOut }) => ({
    pixels: () => apply(pixelsGradient, { ...shape, mean: [0, 0, 0] }, { pixels: dOut! }).out,
  })),

  attackStep: operator(attack.attackStep, ["origin", "gradient", "controls"], [], "not differentiable"),

  attackKeep: operator(attack.attackKeep, ["gradient"], [], "not differentiable"),

  dlrGradient: operator(attack.dlrGradient, ["logits", "labels", "targets"], ["dLogits"], "not differentiable"),

  sgdAdvance: operator(sgd.sgdAdvance, [], [], "not differentiable"),

  sgdAdaptScale: operator(sgd.sgdAdaptScale, [], [], "not differentiable"),

  sgdHoldAverage: operator(sgd.sgdHoldAverage, ["weight", "overflowed"], ["held"], "not differentiable"),

  sgdScaleRate: operator(sgd.sgdScaleRate, ["learningRate"], ["scaledRate"], "not differentiable"),
};
