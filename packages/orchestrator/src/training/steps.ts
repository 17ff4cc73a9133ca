import { compile, countCorrect, float32, grad, int32, normaliseImages, softmaxCrossEntropy, topOne, uint8, type Program, type Sgd, type Tensor } from "@fledge/autograd";
import type { Model } from "./model.ts";
import type { Labeller } from "./phases.ts";

export type StepResult = "loss" | "correct" | "labels";
export type LabelledStep = Program<"images" | "placement" | "labels" | "learningRate", StepResult>;
export type PseudoLabelledStep = Program<"images" | "placement" | "teacherImages" | "teacherPlacement" | "learningRate", StepResult>;

/** Cross entropy on a batch, its gradient, one SGD step. */
function learn(model: Model, optimiser: Sgd, images: Tensor, labels: Tensor, learningRate: Tensor, labelSmoothing: number) {
  const logits = model.network(images, { mode: "train" });
  const loss = softmaxCrossEntropy(logits, labels, { labelSmoothing });
  optimiser.update(grad(loss, model.network.parameters), { learningRate });
  return { loss, correct: countCorrect(logits, labels), labels };
}

/** A step on images with true labels. */
export function compileLabelledStep(model: Model, optimiser: Sgd, size: number, labelSmoothing: number): Promise<LabelledStep> {
  const pixels = uint8(size, model.imageSize, model.imageSize, 3);
  const inputs = { images: pixels, placement: int32(size, 3), labels: int32(size), learningRate: float32() };
  return compile(model.gpu, inputs, ({ images, placement, labels, learningRate }) =>
    learn(model, optimiser, normaliseImages(images, placement), labels, learningRate, labelSmoothing),
  );
}

/** A step on images that the teacher labels right before, from its own view of them or from the student's. */
export function compilePseudoLabelledStep(
  model: Model,
  teacher: Labeller,
  optimiser: Sgd,
  size: number,
  labelSmoothing: number,
): Promise<PseudoLabelledStep> {
  const pixels = uint8(size, model.imageSize, model.imageSize, 3);
  const placements = int32(size, 3);
  const inputs = { images: pixels, placement: placements, teacherImages: pixels, teacherPlacement: placements, learningRate: float32() };
  return compile(model.gpu, inputs, ({ images, placement, teacherImages, teacherPlacement, learningRate }) => {
    const seen = normaliseImages(images, placement);
    const labelled = teacher.view ? normaliseImages(teacherImages, teacherPlacement) : seen;
    const labels = topOne(teacher.model.network(labelled, { mode: teacher.mode })).classes;
    return learn(model, optimiser, seen, labels, learningRate, labelSmoothing);
  });
}
