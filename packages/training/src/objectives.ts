import { add, batchOf, concatenate, int32, scale, softmaxCrossEntropy, split, type Tensor } from "@fledge/autograd";
import type { View } from "@fledge/data";
import type { Network } from "@fledge/resnet";
import { renderedImages, viewInput, type Given, type ImageInput, type InputSpecs } from "./images.ts";
import { fixMatchLoss, jointLoss, type FixMatchRule, type JointLossOptions, type LossOptions } from "./losses.ts";
import type { LabelSource } from "./pseudo-labels/label-source.ts";
import { noiseInputs, trainPass } from "./network-noise.ts";

/** What a network is trained to do: from the images and labels of a batch to a loss. */
export interface Objective {
  /**
   * What a batch of `batchSize` images of a phase's data set brings; what is of the batch is made with `batchOf`.
   * @param network the one that learns, whose noise wants keys of the images that it sees
   */
  inputs(batchSize: number, network: Network): InputSpecs;
  lossOf(network: Network, given: Given): Lesson;
  /** Further views of each image, by name, which the loader renders for the inputs that `viewInput` names. */
  readonly views?: Readonly<Record<string, View>>;
  /** Images without labels that each batch brings beside its own, as the batch `unlabelled`. */
  readonly beside?: Beside;
  /** Inputs that are drawn for a batch of labelled images by its place, beside those that the loader fills. */
  readonly drawn?: ImageInput["drawn"];
}

export interface Beside {
  /** How many to each image of the phase's data set. */
  readonly perImage: number;
  /** Further views of them. */
  readonly views: Readonly<Record<string, View>>;
}

/** What an objective says beside its loss, where it teaches images without labels of their own. */
export type BesideResult = "labelledLoss" | "unlabelledLoss" | "pseudoLabels" | "kept";

export interface Lesson {
  /** f32 scalar: the mean over the examples. */
  readonly loss: Tensor;
  /** f32 [N,classes]: what the network says. */
  readonly logits: Tensor;
  /** i32 [N]: what it is taught. */
  readonly labels: Tensor;
  /** Losses of the two halves, the labels i32 [M] of the unlabelled one and which of them count, f32 [M]. */
  readonly beside?: Readonly<Partial<Record<BesideResult, Tensor>>>;
}

/** Cross entropy against the data set's labels (paper, section 3.1). */
export const supervised = (images: ImageInput, options: LossOptions): Objective => ({
  ...(images.drawn ? { drawn: images.drawn } : {}),
  inputs: (batchSize, network) => ({
    ...images.inputs(batchSize),
    ...noiseInputs(network, batchSize),
    labels: batchOf(batchSize, int32()),
  }),
  lossOf(network, given) {
    const labels = given["labels"]!;
    const logits = network(images.tensor(given), trainPass(given));
    const target = images.target?.(given, network.architecture.classes) ?? labels;
    return { loss: softmaxCrossEntropy(logits, target, options), logits, labels };
  },
});

export interface PseudoLabelOptions extends LossOptions {
  /** The mean over the images: over all of them, or over those that count. */
  readonly reduction?: JointLossOptions["reduction"];
}

/**
 * Cross entropy against what a teacher, which learns nothing, says of each image (section 3.2). The student alone has
 * noise in its network: a teacher is never noised.
 */
export function pseudoLabelled(source: LabelSource, imageSize: number, options: PseudoLabelOptions): Objective {
  const own = renderedImages(imageSize);
  return {
    ...(Object.keys(source.views).length > 0 ? { views: source.views } : {}),
    inputs: (batchSize, network) => ({
      ...own.inputs(batchSize),
      ...source.inputs(batchSize),
      ...noiseInputs(network, batchSize),
    }),
    lossOf(network, given) {
      const images = own.tensor(given);
      const { labels, target, weights } = source.taught(given, images);
      const logits = network(images, trainPass(given));
      const labelSmoothing = target === labels ? options.labelSmoothing : 0;
      const loss = softmaxCrossEntropy(logits, target, { ...options, labelSmoothing, weights });
      return { loss, logits, labels, ...(weights ? { beside: { kept: weights } } : {}) };
    },
  };
}

/** Whether two halves of a batch are normalised by BatchNorm as one, or each by itself, one after the other. */
export type SharedStatistics = "shared" | "separate";

/** Images of a step under the name of their input, from which that of their noise is made. */
interface Shown {
  readonly images: Tensor;
  readonly name: string;
}

/** What a network in train mode says of batches: of each by itself, or of all as one batch. */
function logitsOf(network: Network, given: Given, batches: readonly Shown[], batchNorm: SharedStatistics): Tensor[] {
  const passes = batches.map(({ name }) => trainPass(given, name));
  if (batchNorm === "separate") return batches.map(({ images }, index) => network(images, passes[index]!));
  const images = batches.map((batch) => batch.images).reduce(concatenate);
  const keys = passes.flatMap(({ noiseKeys }) => noiseKeys ?? []);
  let rest = network(images, { mode: "train", noiseKeys: keys.length > 0 ? keys.reduce(concatenate) : undefined });
  return batches.map((batch, index) => {
    if (index === batches.length - 1) return rest;
    const [own, others] = split(rest, batch.images.shape[0]!);
    rest = others;
    return own;
  });
}

/** The unlabelled images of a step, beside the labelled ones. */
const unlabelledImages = viewInput("unlabelled");
const weakImages = viewInput("weak");
const unlabelledBatch = "unlabelled";

export interface JointOptions extends JointLossOptions {
  /** The labelled ones where they are not as the loader renders them. */
  readonly labelledImages?: ImageInput;
  /** Unlabelled images to each labelled one. */
  readonly unlabelledPerLabelled: number;
  readonly batchNorm: SharedStatistics;
}

/** Labelled and pseudo-labelled images in one batch, with the sum of their mean losses: the equation of section 3.2. */
export function joint(source: LabelSource, imageSize: number, options: JointOptions): Objective {
  const { unlabelledPerLabelled: perImage, batchNorm, labelledImages: own = renderedImages(imageSize) } = options;
  const others = renderedImages(imageSize, unlabelledImages);
  return {
    ...(own.drawn ? { drawn: own.drawn } : {}),
    beside: { perImage, views: source.views },
    inputs: (batchSize, network) => ({
      ...own.inputs(batchSize),
      ...noiseInputs(network, batchSize),
      labels: batchOf(batchSize, int32()),
      ...others.inputs(batchSize * perImage, unlabelledBatch),
      ...noiseInputs(network, batchSize * perImage, unlabelledImages, unlabelledBatch),
      ...source.inputs(batchSize * perImage, unlabelledBatch),
    }),
    lossOf(network, given) {
      const labels = given["labels"]!;
      const [images, otherImages] = [own.tensor(given), others.tensor(given)];
      const taught = source.taught(given, otherImages);
      const shown = [
        { images, name: "images" },
        { images: otherImages, name: unlabelledImages },
      ];
      const [logits, otherLogits] = logitsOf(network, given, shown, batchNorm) as [Tensor, Tensor];
      const target = own.target?.(given, network.architecture.classes) ?? labels;
      const { loss, ...losses } = jointLoss({ logits, target }, { logits: otherLogits, ...taught }, options);
      const kept = taught.weights ? { kept: taught.weights } : {};
      return { loss, logits, labels, beside: { ...losses, pseudoLabels: taught.labels, ...kept } };
    },
  };
}

export interface FixMatchOptions extends LossOptions, FixMatchRule {
  /** The labelled ones where they are not as the loader renders them. */
  readonly labelledImages?: ImageInput;
  /** Weight of the unlabelled images' loss: lambda_u in the paper. */
  readonly ratio: number;
  /** Unlabelled images to each labelled one: mu in the paper. */
  readonly unlabelledPerLabelled: number;
  readonly batchNorm: SharedStatistics;
  /** What the model itself labels of an unlabelled image; what it learns from is the phase's view of them. */
  readonly weakView: View;
}

/** FixMatch (Sohn et al. 2020, algorithm 1): labelled images, and unlabelled ones whose labels the model gives itself. */
export function fixMatch(imageSize: number, options: FixMatchOptions): Objective {
  const { unlabelledPerLabelled: perImage, batchNorm, weakView, ratio, labelSmoothing } = options;
  const { labelledImages: own = renderedImages(imageSize) } = options;
  const [strong, weak] = [renderedImages(imageSize, unlabelledImages), renderedImages(imageSize, weakImages)];
  return {
    ...(own.drawn ? { drawn: own.drawn } : {}),
    beside: { perImage, views: { weak: weakView } },
    inputs: (batchSize, network) => ({
      ...own.inputs(batchSize),
      ...noiseInputs(network, batchSize),
      labels: batchOf(batchSize, int32()),
      ...strong.inputs(batchSize * perImage, unlabelledBatch),
      ...noiseInputs(network, batchSize * perImage, unlabelledImages, unlabelledBatch),
      ...weak.inputs(batchSize * perImage, unlabelledBatch),
      ...noiseInputs(network, batchSize * perImage, weakImages, unlabelledBatch),
    }),
    lossOf(network, given) {
      const labels = given["labels"]!;
      const shown = [
        { images: own.tensor(given), name: "images" },
        { images: weak.tensor(given), name: weakImages },
        { images: strong.tensor(given), name: unlabelledImages },
      ];
      const [logits, ofWeak, ofStrong] = logitsOf(network, given, shown, batchNorm) as [Tensor, Tensor, Tensor];
      const target = own.target?.(given, network.architecture.classes) ?? labels;
      const labelledLoss = softmaxCrossEntropy(logits, target, { labelSmoothing });
      const { loss: unlabelledLoss, labels: pseudoLabels, kept } = fixMatchLoss(ofWeak, ofStrong, options);
      const loss = add(labelledLoss, ratio === 1 ? unlabelledLoss : scale(unlabelledLoss, ratio));
      return { loss, logits, labels, beside: { labelledLoss, unlabelledLoss, pseudoLabels, kept } };
    },
  };
}
