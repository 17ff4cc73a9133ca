import { compile, countCorrect, float32, grad, int32, normaliseImages, softmaxCrossEntropy, topOne, uint8, type Program, type ProgramSource, type Sgd, type Tensor } from "@fledge/autograd";
import type { Model } from "./model.ts";
import type { Labeller } from "./phases.ts";

export type StepResult = "loss" | "correct" | "labels";
type LabelledInput = "images" | "placement" | "labels" | "learningRate";
export type LabelledStep = Program<LabelledInput, StepResult>;
type SharedView = "images" | "placement" | "learningRate";
type InputsOf<Names extends string> = Parameters<Program<Names, StepResult>["run"]>[0];

/** The teacher's inputs belong to a step whose teacher has a view of its own, and to no other. */
export interface PseudoLabelledStep {
  run(inputs: InputsOf<SharedView> & Partial<InputsOf<"teacherImages" | "teacherPlacement">>): ReturnType<LabelledStep["run"]>;
  release(): void;
}

type Trained = Pick<Model, "network" | "imageSize">;

/** Cross entropy on a batch, its gradient, one SGD step. */
function learn(model: Trained, optimiser: Sgd, images: Tensor, labels: Tensor, learningRate: Tensor, labelSmoothing: number) {
  const logits = model.network(images, { mode: "train" });
  const loss = softmaxCrossEntropy(logits, labels, { labelSmoothing });
  optimiser.update(grad(loss, model.network.parameters), { learningRate });
  return { loss, correct: countCorrect(logits, labels), labels };
}

/** A step on images with true labels. */
export function labelledStep(model: Trained, optimiser: Sgd, size: number, labelSmoothing: number): ProgramSource<LabelledInput, StepResult> {
  const pixels = uint8(size, model.imageSize, model.imageSize, 3);
  return [
    { images: pixels, placement: int32(size, 3), labels: int32(size), learningRate: float32() },
    ({ images, placement, labels, learningRate }) =>
      learn(model, optimiser, normaliseImages(images, placement), labels, learningRate, labelSmoothing),
  ];
}

export const compileLabelledStep = (model: Model, ...step: [optimiser: Sgd, size: number, labelSmoothing: number]): Promise<LabelledStep> =>
  compile(model.gpu, ...labelledStep(model, ...step), { choices: model.choices });

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
  const { gpu, choices } = model;
  const step = (seen: Tensor, labelled: Tensor, learningRate: Tensor) => {
    const labels = topOne(teacher.model.network(labelled, { mode: teacher.mode })).classes;
    return learn(model, optimiser, seen, labels, learningRate, labelSmoothing);
  };
  if (!teacher.view) {
    const body = ({ images, placement, learningRate }: Readonly<Record<SharedView, Tensor>>) => {
      const seen = normaliseImages(images, placement);
      return step(seen, seen, learningRate);
    };
    return compile(gpu, own, body, { choices });
  }
  const inputs = { ...own, teacherImages: pixels, teacherPlacement: placements };
  const body = ({ images, placement, teacherImages, teacherPlacement, learningRate }: Readonly<Record<keyof typeof inputs, Tensor>>) =>
    step(normaliseImages(images, placement), normaliseImages(teacherImages, teacherPlacement), learningRate);
  return compile(gpu, inputs, body, { choices });
}
