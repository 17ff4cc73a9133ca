import {
  compile,
  normaliseImages,
  place,
  release,
  softmaxCrossEntropy,
  topOne,
  uint8,
  int32,
  countCorrect,
  type Program,
  type ProgramSource,
} from "@fledge/autograd";
import { resnet18, resnet34, resnet50, resnet101, resnet152, type Network } from "@fledge/resnet";
import type { Choices, Gpu } from "@fledge/runtime";
import type { Config } from "../config/schema.ts";

const builders = { 18: resnet18, 34: resnet34, 50: resnet50, 101: resnet101, 152: resnet152 };

type PredictInput = "images" | "placement" | "labels";
type PredictResult = "loss" | "correct" | "classes" | "probabilities";

/** The configured network, with fresh weights once it is placed. */
export function networkOf(config: Config, classes: number): Network {
  const { depth, width, zeroInitResidual } = config.network;
  return builders[depth]({ classes, width, zeroInitResidual, seed: config.seed });
}

/** What evaluates a batch of `size` images. */
export function prediction(
  { network, imageSize }: Pick<Model, "network" | "imageSize">,
  size: number,
  mode: "eval" | "train",
): ProgramSource<PredictInput, PredictResult> {
  return [
    { images: uint8(size, imageSize, imageSize, 3), placement: int32(size, 3), labels: int32(size) },
    ({ images, placement, labels }) => {
      const logits = network(normaliseImages(images, placement), { mode });
      return { loss: softmaxCrossEntropy(logits, labels), correct: countCorrect(logits, labels), ...topOne(logits) };
    },
  ];
}

/** A network with its variables on a device and its programs for evaluation. */
export class Model {
  readonly gpu: Gpu;
  readonly network: Network;
  readonly imageSize: number;
  /** Rungs for the kernels of its programs. */
  readonly choices: Choices;
  readonly #predict = new Map<string, Promise<Program<PredictInput, PredictResult>>>();

  /** Builds the configured network with fresh weights and places it. */
  static create(gpu: Gpu, config: Config, classes: number, choices: Choices = {}): Model {
    const network = networkOf(config, classes);
    place(gpu, network.variables);
    return new Model(gpu, network, config.data.imageSize, choices);
  }

  private constructor(gpu: Gpu, network: Network, imageSize: number, choices: Choices) {
    this.gpu = gpu;
    this.network = network;
    this.imageSize = imageSize;
    this.choices = choices;
  }

  /** The program that evaluates a batch of `size` images; made once for each size and mode. */
  predict(size: number, mode: "eval" | "train" = "eval"): Promise<Program<PredictInput, PredictResult>> {
    const key = `${size} ${mode}`;
    let program = this.#predict.get(key);
    if (!program) {
      program = compile(this.gpu, ...prediction(this, size, mode), { choices: this.choices });
      this.#predict.set(key, program);
    }
    return program;
  }

  /** Frees the network's variables and programs. */
  async release(): Promise<void> {
    for (const program of this.#predict.values()) (await program).release();
    this.#predict.clear();
    release(this.gpu, this.network.variables);
  }
}
