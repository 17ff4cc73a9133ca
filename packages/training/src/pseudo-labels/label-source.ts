import { batchOf, confidence, float32, int32, softmax, topOne, type InputValue, type Tensor } from "@fledge/autograd";
import type { View } from "@fledge/data";
import type { Mode, Network } from "@fledge/resnet";
import { renderedImages, viewInput, type Given, type InputSpecs } from "../images.ts";
import type { PseudoLabels } from "./pseudo-labels.ts";

/** What becomes of a teacher's logits. */
export interface LabelRule {
  /** "hard": the most likely class. "soft": the probabilities of all. */
  readonly targets: "hard" | "soft";
  /** What the teacher's logits are divided by before the softmax. */
  readonly temperature: number;
  /** How sure the teacher must be, of any class or of each; images of which it is less sure do not count. Null: all do. */
  readonly threshold: number | readonly number[] | null;
}

/** The most likely class of every image, as sure or unsure as the teacher may be (paper, section 3.2). */
const plainLabels: LabelRule = { targets: "hard", temperature: 1, threshold: null };

/** What the images of a batch are taught. */
export interface Taught {
  /** i32 [N]: the most likely class. */
  readonly labels: Tensor;
  /** What the loss compares with: `labels`, or f32 [N,C]. */
  readonly target: Tensor;
  /** f32 [N], 0 for an image that does not count; absent where all do. */
  readonly weights?: Tensor | undefined;
}

/** Where the labels of unlabelled images come from. */
export interface LabelSource {
  /** Further views of each image that it looks at. */
  readonly views: Readonly<Record<string, View>>;
  /** What a batch brings it, beside the images that the student sees. */
  inputs(batchSize: number, batch?: string): InputSpecs;
  /** @param images what the student sees, f32 [N,H,W,3] */
  taught(given: Given, images: Tensor): Taught;
}

/** A teacher and how it looks at the images that it labels. */
export interface Teacher {
  readonly network: Network;
  /** "eval": frozen. "train": on the batch's own statistics, as the paper's author's code left it. */
  readonly mode: Mode;
  /** Its own view of the images; absent where it labels what the student sees. */
  readonly view?: View | undefined;
}

/** What a rule makes of logits [N,C]; no gradient goes to them. */
function taughtBy(logits: Tensor, { targets, temperature, threshold }: LabelRule): Taught {
  const labels = topOne(logits).classes;
  if (targets === "hard" && threshold === null) return { labels, target: labels };
  const probabilities = softmax(logits, temperature);
  return {
    labels,
    target: targets === "soft" ? probabilities : labels,
    ...(threshold === null ? {} : { weights: confidence(probabilities, labels, threshold).kept }),
  };
}

/** Labels from a teacher, which learns nothing, right before each step: "directly before prediction time". */
export function labelsOf(teacher: Teacher, rule: LabelRule = plainLabels): LabelSource {
  const { network, mode, view } = teacher;
  const own = view && renderedImages(view.crop.size, viewInput("teacher"));
  return {
    views: view ? { teacher: view } : {},
    inputs: (batchSize, batch) => own?.inputs(batchSize, batch) ?? {},
    taught: (given, images) => taughtBy(network(own?.tensor(given) ?? images, { mode, noiseKeys: null }), rule),
  };
}

/** Labels that were made before: each batch brings those of its images, as `labelInputs` makes inputs of them. */
export const storedLabels = (classes: number, { targets, threshold }: LabelRule): LabelSource => ({
  views: {},
  inputs: (batchSize, batch) => ({
    pseudoLabels: batchOf(batchSize, int32(), batch),
    ...(targets === "soft" ? { pseudoTargets: batchOf(batchSize, float32(classes), batch) } : {}),
    ...(threshold === null ? {} : { pseudoWeights: batchOf(batchSize, float32(), batch) }),
  }),
  taught: (given) => ({
    labels: given["pseudoLabels"]!,
    target: given["pseudoTargets"] ?? given["pseudoLabels"]!,
    weights: given["pseudoWeights"],
  }),
});

/** 1 for each image of which the teacher is sure enough, else 0; compared in f32, as on the device. */
export function keptOf({ classes, confidences }: PseudoLabels, threshold: number | readonly number[]): Float32Array {
  const least = (label: number): number => Math.fround(typeof threshold === "number" ? threshold : threshold[label]!);
  return Float32Array.from(confidences, (sure, row) => Number(sure >= least(classes[row]!)));
}

/** The labels of a batch as the inputs of `storedLabels`. @throws where soft targets are wanted of classes alone */
export function labelInputs(labels: PseudoLabels, { targets, threshold }: LabelRule): Record<string, InputValue> {
  const { classes, probabilities } = labels;
  if (targets === "soft" && !probabilities)
    throw new Error("soft targets want the probabilities of all classes, and only the most likely class was stored");
  return {
    pseudoLabels: classes,
    ...(targets === "soft" ? { pseudoTargets: probabilities! } : {}),
    ...(threshold === null ? {} : { pseudoWeights: keptOf(labels, threshold) }),
  };
}
