import { compile, countCorrect, float32, grad, int32, normaliseImages, softmaxCrossEntropy, topOne, uint8, type Program, type Sgd, type Tensor } from "@fledge/autograd";
import type { Model } from "./model.ts";
import type { Labeller } from "./phases.ts";

export type StepResult = "loss" | "correct" | "labels";
export type LabelledStep = Program<"images" | "placement" | "labels" | "learningRate", StepResult>;
type SharedView = "images" | "placement" | "learningRate";
type InputsOf<Names extends string> = Parameters<Program<Names, StepResult>["run"]>[0];

/** The teacher's inputs belong to a step whose teacher has a view of its own, and to no other. */
export interface PseudoLabelledStep {
  run(inputs: InputsOf<SharedView> & Partial<InputsOf<"teacherImages" | "teacherPlacement">>): ReturnType<LabelledStep["run"]>;
  release(): void;
}

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
  const own = { images: pixels, placement: placements, learningRate: float32() };
  const step = (seen: Tensor, labelled: Tensor, learningRate: Tensor) => {
    const labels = topOne(teacher.model.network(labelled, { mode: teacher.mode })).classes;
    return learn(model, optimiser, seen, labels, learningRate, labelSmoothing);
  };
  if (!teacher.view) {
    return compile(model.gpu, own, ({ images, placement, learningRate }) => {
      const seen = normaliseImages(images, placement);
      return step(seen, seen, learningRate);
    });
  }
  const inputs = { ...own, teacherImages: pixels, teacherPlacement: placements };
  return compile(model.gpu, inputs, ({ images, placement, teacherImages, teacherPlacement, learningRate }) =>
    step(normaliseImages(images, placement), normaliseImages(teacherImages, teacherPlacement), learningRate),
  );
}
