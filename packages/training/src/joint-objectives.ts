import { add, batchOf, concatenate, int32, scale, softmaxCrossEntropy, split, type Tensor } from "@fledge/autograd";
import type { View } from "@fledge/data";
import type { Network } from "@fledge/resnet";
import { renderedImages, viewInput, type Given, type ImageInput } from "./images.ts";
import { fixMatchLoss, jointLoss, type FixMatchRule, type JointLossOptions, type LossOptions } from "./losses.ts";
import { noiseInputs, trainPass } from "./network-noise.ts";
import type { Objective } from "./objectives.ts";
import type { LabelSource } from "./pseudo-labels/label-source.ts";

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
