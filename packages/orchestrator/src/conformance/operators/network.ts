import {
  compile,
  float32,
  grad,
  int32,
  place,
  release,
  Sgd,
  softmaxCrossEntropy,
  type Variable,
} from "@fledge/autograd";
import { loadStateDict, toTorch, type Network } from "@fledge/resnet";
import type { StoredTensor } from "@fledge/safetensors";
import { z } from "zod";
import type { ConformanceCase } from "../case.ts";
import type { ConformanceContext } from "../context.ts";
import { toNhwc } from "../layouts.ts";

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
  /** Steps to take; absent: one forward and backward pass without an update. */
  readonly optimiser?: {
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

/** Trains a network on a case's images as training does, and evaluates it on them afterwards. `inspect` sees it then. */
export async function trainCase(
  golden: ConformanceCase,
  { gpu, rungs }: ConformanceContext,
  { network, state, labelSmoothing, optimiser }: TrainingCase,
  inspect: () => Promise<void> = async () => {},
): Promise<TrainedCase> {
  const { parameters } = network;
  const sgd = optimiser && new Sgd(parameters, { momentum: optimiser.momentum, weightDecay: optimiser.weightDecay });
  const variables: Variable[] = [...network.variables, ...(sgd?.variables ?? [])];
  place(gpu, variables);
  try {
    loadStateDict(gpu, network, state, golden.file.name);
    const images = toNhwc(golden.float32("images"));
    const labels = golden.int32("labels").data;
    const inputs = { images: float32(...images.shape), labels: int32(labels.length), learningRate: float32() };
    const step = await compile(
      gpu,
      inputs,
      (given) => {
        const logits = network(given.images, { mode: "train" });
        const loss = softmaxCrossEntropy(logits, given.labels, { labelSmoothing });
        const gradients = grad(loss, parameters);
        sgd?.update(gradients, { learningRate: given.learningRate });
        return { loss, logits, ...Object.fromEntries(parameters.map(({ name }, i) => [name, gradients[i]!])) };
      },
      { rungs },
    );
    const shape = [labels.length, network.architecture.classes];
    const losses: number[] = [];
    let first: Record<string, unknown> | undefined;
    for (let taken = 0; taken < (optimiser?.steps ?? 1); taken++) {
      const result = await step.run({ images: images.data, labels, learningRate: optimiser?.learningRate ?? 0 });
      losses.push(result.loss[0]!);
      first ??= result;
    }
    step.release();
    const gradients = new Map(parameters.map((p) => [p.name, toTorch(first![p.name] as Float32Array, p.shape)]));
    await inspect();
    const evaluate = await compile(
      gpu,
      { images: float32(...images.shape) },
      (given) => ({ logits: network(given.images, { mode: "eval" }) }),
      { rungs },
    );
    const { logits } = await evaluate.run({ images: images.data });
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
