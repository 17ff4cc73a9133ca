import {
  compile,
  float32,
  grad,
  int32,
  normaliseImages,
  place,
  release,
  Sgd,
  softmaxCrossEntropy,
  uint8,
} from "@fledge/autograd";
import { loadStateDict, resnet50, stateDict, type Network } from "@fledge/resnet";
import type { Gpu } from "@fledge/runtime";
import { readSafetensors, writeSafetensors } from "@fledge/safetensors";
import type { Batch } from "./batches.ts";
import { settings, type Regime } from "./settings.ts";

const { batchSize, imageSize, classes, width, seed, momentum, weightDecay } = settings;
const images = uint8(batchSize, imageSize, imageSize, 3);
const placement = int32(batchSize, 3);
const labels = int32(batchSize);
/** Whole images, not mirrored. */
const whole = new Int32Array(batchSize * 3);

/** The network on a device, with the programs that training compiles: the step, and the logits in eval mode. */
export class Ours {
  readonly #gpu: Gpu;
  readonly #network: Network;
  readonly #sgd: Sgd;
  readonly #learningRate: number;

  constructor(gpu: Gpu, { learningRate, zeroInitResidual }: Regime) {
    this.#gpu = gpu;
    this.#network = resnet50({ classes, width, seed, zeroInitResidual });
    this.#sgd = new Sgd(this.#network.parameters, { momentum, weightDecay });
    this.#learningRate = learningRate;
    place(gpu, [...this.#network.variables, ...this.#sgd.variables]);
  }

  /** One SGD step for each batch; the losses before each. */
  async train(batches: readonly Batch[]): Promise<number[]> {
    const step = await compile(this.#gpu, { images, placement, labels, learningRate: float32() }, (given) => {
      const logits = this.#network(normaliseImages(given.images, given.placement), { mode: "train" });
      const loss = softmaxCrossEntropy(logits, given.labels);
      this.#sgd.update(grad(loss, this.#network.parameters), { learningRate: given.learningRate });
      return { loss };
    });
    const losses: number[] = [];
    for (const batch of batches) {
      const { loss } = await step.run({ ...batch, placement: whole, learningRate: this.#learningRate });
      losses.push(loss[0]!);
    }
    step.release();
    return losses;
  }

  /** The loss of one batch in train mode, nothing learned. */
  async loss(batch: Batch): Promise<number> {
    const program = await compile(this.#gpu, { images, placement, labels }, (given) => {
      const logits = this.#network(normaliseImages(given.images, given.placement), { mode: "train" });
      return { loss: softmaxCrossEntropy(logits, given.labels) };
    });
    const { loss } = await program.run({ ...batch, placement: whole });
    program.release();
    return loss[0]!;
  }

  /** Logits [N,classes] in eval mode. */
  async logits(batch: Batch): Promise<Float32Array> {
    const program = await compile(this.#gpu, { images, placement }, (given) => ({
      logits: this.#network(normaliseImages(given.images, given.placement), { mode: "eval" }),
    }));
    const { logits } = await program.run({ images: batch.images, placement: whole });
    program.release();
    return logits as Float32Array;
  }

  async load(file: string): Promise<void> {
    loadStateDict(this.#gpu, this.#network, (await readSafetensors(file)).tensors, file);
  }

  /** Writes what torchvision's `load_state_dict` takes. */
  async save(file: string, steps: number): Promise<void> {
    await writeSafetensors(file, await stateDict(this.#gpu, this.#network, steps), { format: "pt" });
  }

  release(): void {
    release(this.#gpu, [...this.#network.variables, ...this.#sgd.variables]);
  }
}
