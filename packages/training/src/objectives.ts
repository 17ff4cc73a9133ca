import { batchOf, int32, softmaxCrossEntropy, type Tensor } from "@fledge/autograd";
import type { View } from "@fledge/data";
import type { Network } from "@fledge/resnet";
import { renderedImages, type Given, type ImageInput, type InputSpecs } from "./images.ts";
import type { JointLossOptions, LossOptions } from "./losses.ts";
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
