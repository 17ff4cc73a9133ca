import { compile, place, release, Sgd } from "@fledge/autograd";
import { random } from "@fledge/random";
import type { Gpu } from "@fledge/runtime";
import { renderedImages, supervised, trainingStep, type CleanImages, type Model } from "../../src/index.ts";
import { narrowModel } from "../networks.ts";

const side = 32;
const classes = 5;

/** The colour of each class: what is added to grey, by channel. */
const tints = [
  [1, -1, -1],
  [-1, 1, -1],
  [-1, -1, 1],
  [1, 1, -1],
  [-1, 1, 1],
] as const;

/** Images of a class's own tint, weak under noise; their labels in turn. */
export function tintedImages(count: number, purpose: string): CleanImages {
  const pixels = side * side * 3;
  const bytes = new Uint8Array(count * pixels);
  const labels = Int32Array.from({ length: count }, (_, index) => index % classes);
  labels.forEach((label, index) => {
    const draw = random(3, purpose, index);
    for (let i = 0; i < pixels; i++) {
      const value = 128 + 12 * tints[label]![i % 3]! + 40 * draw.normal();
      bytes[index * pixels + i] = Math.min(Math.max(Math.round(value), 0), 255);
    }
  });
  return { bytes, labels, indices: Array.from({ length: count }, (_, index) => index) };
}

/** A narrow ResNet-18 that has learned tints for some seconds. */
export async function trainedNetwork(gpu: Gpu, steps: number): Promise<Model> {
  const model = narrowModel(gpu, side, classes);
  const optimiser = new Sgd(model.network.parameters, { momentum: 0.9 });
  place(gpu, optimiser.variables);
  const batch = 20;
  const objective = supervised(renderedImages(side), { labelSmoothing: 0 });
  const step = await compile(gpu, ...trainingStep(model.network, objective, optimiser)(batch));
  for (let i = 0; i < steps; i++) {
    const { bytes, labels } = tintedImages(batch, `training ${i}`);
    await step.run({ images: bytes, imagesPlacement: new Int32Array(3 * batch), labels, learningRate: 0.05 });
  }
  step.release();
  release(gpu, optimiser.variables);
  return model;
}
