import { compile, normaliseImages, place, release, softmaxCrossEntropy, topOne, uint8, int32, countCorrect, type Program } from "@fledge/autograd";
import { resnet18, resnet34, resnet50, resnet101, resnet152, type Network } from "@fledge/resnet";
import type { Gpu } from "@fledge/runtime";
import type { Config } from "../config/schema.ts";

const builders = { 18: resnet18, 34: resnet34, 50: resnet50, 101: resnet101, 152: resnet152 };

type PredictInput = "images" | "placement" | "labels";
type PredictResult = "loss" | "correct" | "classes" | "probabilities";

/** A network with its variables on a device and its programs for evaluation. */
export class Model {
  readonly gpu: Gpu;
  readonly network: Network;
  readonly imageSize: number;
  readonly #predict = new Map<string, Promise<Program<PredictInput, PredictResult>>>();

  /** Builds the configured network with fresh weights and places it. */
  static create(gpu: Gpu, config: Config, classes: number): Model {
    const { depth, width, zeroInitResidual } = config.network;
    const network = builders[depth]({ classes, width, zeroInitResidual, seed: config.seed });
    place(gpu, network.variables);
    return new Model(gpu, network, config.data.imageSize);
  }

  private constructor(gpu: Gpu, network: Network, imageSize: number) {
    this.gpu = gpu;
    this.network = network;
    this.imageSize = imageSize;
  }

  /** The program that evaluates a batch of `size` images; made once for each size and mode. */
  predict(size: number, mode: "eval" | "train" = "eval"): Promise<Program<PredictInput, PredictResult>> {
    const key = `${size} ${mode}`;
    let program = this.#predict.get(key);
    if (!program) {
      const inputs = { images: uint8(size, this.imageSize, this.imageSize, 3), placement: int32(size, 3), labels: int32(size) };
      program = compile(this.gpu, inputs, ({ images, placement, labels }) => {
        const logits = this.network(normaliseImages(images, placement), { mode });
        return { loss: softmaxCrossEntropy(logits, labels), correct: countCorrect(logits, labels), ...topOne(logits) };
      });
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
