import { compile, LossScale, place, release, Sgd, type Variable } from "@fledge/autograd";
import type { GoldenCase } from "@fledge/golden-cases";
import { loadStateDict, toTorch, type Network } from "@fledge/resnet";
import { toNhwc, type StoredTensor } from "@fledge/safetensors";
import { normalisedImages, prediction, supervised, trainingStep } from "@fledge/training";
import { z } from "zod";
import type { ConformanceContext } from "../context.ts";

/** Attributes that torchvision's networks, and ours, have at one value only. */
export const architecture = {
  expansion: z.literal(4).default(4),
  epsilon: z.literal(1e-5).default(1e-5),
  momentum: z.literal(0.1).default(0.1),
};

export interface TrainingCase {
  readonly network: Network;
  /** By torchvision's names, in PyTorch's layouts. */
  readonly state: ReadonlyMap<string, StoredTensor>;
  readonly labelSmoothing: number;
  readonly optimiser: {
    readonly learningRate: number;
    readonly momentum: number;
    readonly weightDecay: number;
    readonly steps: number;
  };
}

export interface TrainedCase {
  readonly logits: StoredTensor;
  readonly losses: readonly number[];
  /** First step's, by parameter name, in PyTorch's layouts. */
  readonly gradients: ReadonlyMap<string, StoredTensor>;
  readonly evalLogits: StoredTensor;
}

/** Of the loss in f16 and below: gradients of the golden networks neither overflow nor vanish at it. */
const scale = 1024;

/** Trains a network on a case's images by training's own step, and evaluates it on them afterwards. `inspect` sees it then. */
export async function trainCase(
  golden: GoldenCase,
  { gpu, rungs, precision = "f32" }: ConformanceContext,
  { network, state, labelSmoothing, optimiser }: TrainingCase,
  inspect: () => Promise<void> = async () => {},
): Promise<TrainedCase> {
  const { parameters } = network;
  const { learningRate, steps, momentum, weightDecay } = optimiser;
  // Small gradients survive in f16, as in training; the scale does not adapt within so few steps.
  const lossScale = precision === "f32" ? undefined : new LossScale({ initialScale: scale });
  const sgd = new Sgd(parameters, { momentum, weightDecay }, { lossScale });
  const variables: Variable[] = [...network.variables, ...sgd.variables];
  place(gpu, variables);
  try {
    loadStateDict(gpu, network, state, golden.name);
    const imageShape = golden.shape("images");
    const [batchSize, , height, width] = imageShape as [number, number, number, number];
    const images = toNhwc(golden.float32("images"), imageShape).data;
    const labels = golden.int32("labels");
    const input = normalisedImages(height, width);
    const program = trainingStep(network, supervised(input, { labelSmoothing }), sgd, {
      precision,
      also: ({ logits, gradients }) => ({
        logits,
        ...Object.fromEntries(parameters.map(({ name }, index) => [name, gradients[index]!])),
      }),
    });
    const step = await compile(gpu, ...program(batchSize), { rungs });
    const shape = [batchSize, network.architecture.classes];
    const losses: number[] = [];
    let first: Record<string, ArrayLike<number>> | undefined;
    for (let taken = 0; taken < steps; taken++) {
      const result: Record<string, ArrayLike<number>> = await step.run({ images, labels, learningRate });
      if (result["skipped"]?.[0] === 1) throw new Error(`step ${taken} overflowed at a loss scale of ${scale}`);
      losses.push(result["loss"]![0]!);
      first ??= result;
    }
    step.release();
    const unscaled = (values: ArrayLike<number>): Float32Array =>
      lossScale ? Float32Array.from(values, (value) => value / scale) : (values as Float32Array);
    const gradients = new Map(parameters.map((p) => [p.name, toTorch(unscaled(first![p.name]!), p.shape)]));
    await inspect();
    const evaluation = prediction(network, input, "eval", ({ logits }) => ({ logits }));
    const evaluate = await compile(gpu, ...evaluation(batchSize), { rungs });
    const { logits } = await evaluate.run({ images, labels });
    evaluate.release();
    return {
      losses,
      gradients,
      logits: { shape, data: first!["logits"] as Float32Array<ArrayBuffer> },
      evalLogits: { shape, data: logits as Float32Array<ArrayBuffer> },
    };
  } finally {
    release(gpu, variables);
  }
}
