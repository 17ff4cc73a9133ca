import {
  compile,
  countCorrect,
  float32,
  grad,
  int32,
  normaliseImages,
  softmaxCrossEntropy,
  topOne,
  uint32,
  uint8,
  type GradientAccumulator,
  type Program,
  type ProgramSource,
  type Sgd,
  type Tensor,
} from "@fledge/autograd";
import type { Model } from "./model.ts";
import type { Labeller } from "./phases.ts";

export type StepResult = "loss" | "correct" | "labels";
type Seen = "images" | "placement";
type InputsOf<Names extends string> = Parameters<Program<Names, StepResult>["run"]>[0];

export type LabelledStep<Scalars extends string = "learningRate"> = Program<Seen | "labels" | Scalars, StepResult>;

/** The teacher's inputs belong to a step whose teacher has a view of its own, and to no other. */
export interface PseudoLabelledStep<Scalars extends string = "learningRate"> {
  run(
    inputs: InputsOf<Seen | Scalars> & Partial<InputsOf<"teacherImages" | "teacherPlacement">>,
  ): ReturnType<LabelledStep["run"]>;
  explain: LabelledStep["explain"];
  release(): void;
}

type Trained = Pick<Model, "network" | "imageSize">;

/** What becomes of a batch's gradients, and the scalars that this takes from run to run. */
export interface GradientUse<Scalars extends string> {
  readonly scalars: Readonly<Record<Scalars, ReturnType<typeof float32>>>;
  take(gradients: readonly Tensor[], scalars: Readonly<Record<Scalars, Tensor>>): void;
}

/** One SGD step. */
export const update = (optimiser: Sgd): GradientUse<"learningRate"> => ({
  scalars: { learningRate: float32() },
  take: (gradients, { learningRate }) => optimiser.update(gradients, { learningRate }),
});

/** A term of the sum over the parts of a batch. */
export const addUp = (accumulator: GradientAccumulator): GradientUse<"share" | "part"> => ({
  scalars: { share: float32(), part: uint32() },
  take: (gradients, { share, part }) => accumulator.add(gradients, { share, part }),
});

/** The program that moves the parameters once the gradients of all parts of a batch are added up. */
export const updateFromSums = (optimiser: Sgd, { sums }: GradientAccumulator): ProgramSource<"learningRate", never> => [
  { learningRate: float32() },
  ({ learningRate }) => {
    optimiser.update(sums, { learningRate });
    return {};
  },
];

/** Cross entropy on a batch and its gradient. */
function learn<Scalars extends string>(
  { network }: Trained,
  images: Tensor,
  labels: Tensor,
  labelSmoothing: number,
  use: GradientUse<Scalars>,
  scalars: Readonly<Record<Scalars, Tensor>>,
) {
  const logits = network(images, { mode: "train" });
  const loss = softmaxCrossEntropy(logits, labels, { labelSmoothing });
  use.take(grad(loss, network.parameters), scalars);
  return { loss, correct: countCorrect(logits, labels), labels };
}

/** A step on images with true labels. */
export function labelledStep<Scalars extends string>(
  model: Trained,
  use: GradientUse<Scalars>,
  size: number,
  labelSmoothing: number,
): ProgramSource<Seen | "labels" | Scalars, StepResult> {
  const pixels = uint8(size, model.imageSize, model.imageSize, 3);
  const inputs = { images: pixels, placement: int32(size, 3), labels: int32(size), ...use.scalars };
  return [
    inputs,
    (given) => learn(model, normaliseImages(given.images, given.placement), given.labels, labelSmoothing, use, given),
  ];
}

export const compileLabelledStep = <Scalars extends string>(
  model: Model,
  use: GradientUse<Scalars>,
  size: number,
  labelSmoothing: number,
): Promise<LabelledStep<Scalars>> =>
  compile(model.gpu, ...labelledStep(model, use, size, labelSmoothing), { choices: model.choices });

/** A step on images that the teacher labels right before, from its own view of them or from the student's. */
export function compilePseudoLabelledStep<Scalars extends string>(
  model: Model,
  teacher: Labeller,
  use: GradientUse<Scalars>,
  size: number,
  labelSmoothing: number,
): Promise<PseudoLabelledStep<Scalars>> {
  const pixels = uint8(size, model.imageSize, model.imageSize, 3);
  const placements = int32(size, 3);
  const own = { images: pixels, placement: placements, ...use.scalars };
  const { gpu, choices } = model;
  const step = (seen: Tensor, labelled: Tensor, scalars: Readonly<Record<Scalars, Tensor>>) => {
    const labels = topOne(teacher.model.network(labelled, { mode: teacher.mode })).classes;
    return learn(model, seen, labels, labelSmoothing, use, scalars);
  };
  if (!teacher.view) {
    const body = (given: Readonly<Record<Seen | Scalars, Tensor>>) => {
      const seen = normaliseImages(given.images, given.placement);
      return step(seen, seen, given);
    };
    return compile(gpu, own, body, { choices });
  }
  const inputs = { ...own, teacherImages: pixels, teacherPlacement: placements };
  const body = (given: Readonly<Record<keyof typeof inputs, Tensor>>) =>
    step(
      normaliseImages(given.images, given.placement),
      normaliseImages(given.teacherImages, given.teacherPlacement),
      given,
    );
  return compile(gpu, inputs, body, { choices });
}
