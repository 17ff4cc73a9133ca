import { batchOf, int32, softmaxCrossEntropy, topOne, type InputValue, type Tensor } from "@fledge/autograd";
import type { Batch, View } from "@fledge/data";
import type { Mode, Network } from "@fledge/resnet";
import type { BatchPlace } from "./mix/draw-mix.ts";
import { renderedImages, viewInput, type Given, type ImageInput, type InputSpecs } from "./images.ts";

/** What a network is trained to do: from the images and labels of a batch to a loss. */
export interface Objective {
  /** What a batch of `batchSize` images of a phase's data set brings; what is of the batch is made with `batchOf`. */
  inputs(batchSize: number): InputSpecs;
  lossOf(network: Network, given: Given): Lesson;
  /** Further views of each image, by name, which the loader renders for the inputs that `viewInput` names. */
  readonly views?: Readonly<Record<string, View>>;
  /** Inputs that are drawn for a batch by its place, beside those that the loader fills. */
  readonly drawn?: (batch: Batch<string>, place: BatchPlace) => Readonly<Record<string, InputValue>>;
}

export interface Lesson {
  /** f32 scalar: the mean over the examples. */
  readonly loss: Tensor;
  /** f32 [N,classes]: what the network says. */
  readonly logits: Tensor;
  /** i32 [N]: what it is taught. */
  readonly labels: Tensor;
}

export interface LossOptions {
  /** torch's `label_smoothing`. */
  readonly labelSmoothing: number;
}

/** Cross entropy against the data set's labels (paper, section 3.1). */
export const supervised = (images: ImageInput, options: LossOptions): Objective => ({
  inputs: (batchSize) => ({ ...images.inputs(batchSize), labels: batchOf(batchSize, int32()) }),
  lossOf(network, given) {
    const labels = given["labels"]!;
    const logits = network(images.tensor(given), { mode: "train" });
    return { loss: softmaxCrossEntropy(logits, labels, options), logits, labels };
  },
});

/** A teacher and how it looks at the images that it labels. */
export interface Teacher {
  readonly network: Network;
  /** "eval": frozen. "train": on the batch's own statistics, as the paper's author's code left it. */
  readonly mode: Mode;
  /** Its own view of the images; absent where it labels what the student sees. */
  readonly view?: View | undefined;
}

/** Cross entropy against the class that a teacher, which learns nothing, gives each image right before (section 3.2). */
export function pseudoLabelled(teacher: Teacher, imageSize: number, options: LossOptions): Objective {
  const own = renderedImages(imageSize);
  const teachers = teacher.view ? renderedImages(teacher.view.crop.size, viewInput("teacher")) : own;
  return {
    ...(teacher.view ? { views: { teacher: teacher.view } } : {}),
    inputs: (batchSize) => ({ ...own.inputs(batchSize), ...teachers.inputs(batchSize) }),
    lossOf(network, given) {
      const images = own.tensor(given);
      const shown = teachers === own ? images : teachers.tensor(given);
      const labels = topOne(teacher.network(shown, { mode: teacher.mode })).classes;
      const logits = network(images, { mode: "train" });
      return { loss: softmaxCrossEntropy(logits, labels, options), logits, labels };
    },
  };
}
