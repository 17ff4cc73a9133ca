import { compile, place, release, Sgd } from "@fledge/autograd";
import { loadStateDict, resnet50, stateDict, type Mode, type Network } from "@fledge/resnet";
import type { Gpu } from "@fledge/runtime";
import { readSafetensors, writeSafetensors } from "@fledge/safetensors";
import { prediction, renderedImages, supervised, trainingStep } from "@fledge/training";
import type { Batch } from "./batches.ts";
import { settings, type Regime } from "./settings.ts";

const { batchSize, imageSize, classes, width, seed, momentum, weightDecay } = settings;
const images = renderedImages(imageSize);
/** Whole images, not mirrored. */
const imagesPlacement = new Int32Array(batchSize * 3);

/** The network on a device, under training's own programs: its step, and its evaluation in both modes. */
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
    const objective = supervised(images, { labelSmoothing: 0 });
    const step = await compile(this.#gpu, ...trainingStep(this.#network, objective, this.#sgd)(batchSize));
    const losses: number[] = [];
    for (const batch of batches) {
      const { loss } = await step.run({ ...batch, imagesPlacement, learningRate: this.#learningRate });
      losses.push(loss[0]!);
    }
    step.release();
    return losses;
  }

  /** The loss of one batch in train mode; no parameter moves. */
  async loss(batch: Batch): Promise<number> {
    return (await this.#predict(batch, "train")).loss[0]!;
  }

  /** Logits [N,classes] in eval mode. */
  async logits(batch: Batch): Promise<Float32Array> {
    return (await this.#predict(batch, "eval")).logits as Float32Array;
  }

  async #predict(batch: Batch, mode: Mode) {
    const source = prediction(this.#network, images, mode, ({ logits }) => ({ logits }));
    const program = await compile(this.#gpu, ...source(batchSize));
    const results = await program.run({ ...batch, imagesPlacement });
    program.release();
    return results;
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
