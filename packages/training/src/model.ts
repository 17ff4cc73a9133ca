import { place, release } from "@fledge/autograd";
import type { Mode, Network } from "@fledge/resnet";
import type { Choices, Gpu } from "@fledge/runtime";
import { CompiledBySize } from "./compiled-by-size.ts";
import { renderedImages } from "./images.ts";
import { prediction, type PredictionResult } from "./prediction.ts";
import { labelling, type LabellingResult } from "./pseudo-labels/labelling.ts";

/** A network with its variables on a device, and its programs for evaluation. */
export class Model {
  readonly gpu: Gpu;
  readonly network: Network;
  /** Side of the square images that it sees, in pixels. */
  readonly imageSize: number;
  /** Rungs for the kernels of its programs. */
  readonly choices: Choices;
  readonly #predictions: Readonly<Record<Mode, CompiledBySize<PredictionResult>>>;
  readonly #labellings = new Map<string, CompiledBySize<LabellingResult>>();

  /** Places the network's variables with their initial contents. */
  constructor(gpu: Gpu, network: Network, imageSize: number, choices: Choices = {}) {
    place(gpu, network.variables);
    this.gpu = gpu;
    this.network = network;
    this.imageSize = imageSize;
    this.choices = choices;
    const inMode = (mode: Mode) =>
      new CompiledBySize(gpu, prediction(network, renderedImages(imageSize), mode), { choices });
    this.#predictions = { eval: inMode("eval"), train: inMode("train") };
  }

  /** The program that evaluates a batch of `size` images. */
  predict(size: number, mode: Mode = "eval"): ReturnType<CompiledBySize<PredictionResult>["of"]> {
    return this.#predictions[mode].of(size);
  }

  /** The program that labels a batch of `size` images. */
  label(size: number, mode: Mode, temperature: number): ReturnType<CompiledBySize<LabellingResult>["of"]> {
    const { gpu, network, imageSize, choices } = this;
    const key = `${mode} ${temperature}`;
    let programs = this.#labellings.get(key);
    if (!programs) {
      programs = new CompiledBySize(gpu, labelling(network, imageSize, mode, temperature), { choices });
      this.#labellings.set(key, programs);
    }
    return programs.of(size);
  }

  /** Frees the network's variables and programs. */
  async release(): Promise<void> {
    for (const programs of [...Object.values(this.#predictions), ...this.#labellings.values()])
      await programs.release();
    release(this.gpu, this.network.variables);
  }
}
