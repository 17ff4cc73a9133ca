import { compile, place, readVariables, Sgd } from "@fledge/autograd";
import { openTestGpu } from "@fledge/testing";
import { expect, it } from "vitest";
import { labelsOf, pseudoLabelled, renderedImages, supervised, trainingStep } from "../src/index.ts";
import { narrowModel } from "./networks.ts";

const gpu = await openTestGpu();
const side = 64;
const size = 8;
const learningRate = 0.002;

/** The second half of the batch is the first again, so that each half has the whole batch's BatchNorm statistics. */
const twice = <A extends Uint8Array | Int32Array>(array: A): A => {
  array.copyWithin(array.length / 2, 0, array.length / 2);
  return array;
};
const images = (key: number) =>
  twice(Uint8Array.from({ length: size * side * side * 3 }, (_, i) => Math.imul(i + key * 7919, 2654435761) >>> 13));
const imagesPlacement = twice(Int32Array.from({ length: size * 3 }, (_, i) => Number(i % 3 === 0)));
const labels = twice(Int32Array.from({ length: size }, (_, i) => i % 5));

/** Two steps with momentum: what came out, and the parameters after them. */
async function twoSteps(kind: "labelled" | "pseudo-labelled", atOnce: number) {
  const [{ network }, teacher] = [narrowModel(gpu, side, 5, 2), narrowModel(gpu, side, 5, 1)];
  const optimiser = new Sgd(network.parameters, { momentum: 0.9 });
  place(gpu, optimiser.variables);
  const options = { labelSmoothing: 0 };
  const objective =
    kind === "labelled"
      ? supervised(renderedImages(side), options)
      : pseudoLabelled(labelsOf({ network: teacher.network, mode: "eval" }), side, options);
  const step = await compile(gpu, ...trainingStep(network, objective, optimiser)(size), { atOnce });
  const steps = [];
  for (let i = 0; i < 2; i++) steps.push(await step.run({ images: images(i), imagesPlacement, labels, learningRate }));
  return { steps, parameters: await readVariables(gpu, network.parameters) };
}

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.hypot(...Array.from(a, (value, i) => value - b[i]!)) / Math.hypot(...Array.from(b));

it.each(["labelled", "pseudo-labelled"] as const)(
  "a %s batch in parts takes the whole batch's steps where the parts have its statistics",
  async (kind) => {
    const whole = await twoSteps(kind, size);
    const parts = await twoSteps(kind, size / 2);
    for (const [i, { loss, correct, labels: taught }] of whole.steps.entries()) {
      expect(Math.abs(parts.steps[i]!.loss[0]! - loss[0]!)).toBeLessThanOrEqual(1e-4 * loss[0]!);
      expect(parts.steps[i]!.labels).toEqual(taught);
      expect(parts.steps[i]!.correct).toEqual(correct);
    }
    // Sums of 8 images' terms in another order; small steps keep ReLUs from taking the other side in the second one.
    for (const [name, values] of whole.parameters)
      expect(distance(parts.parameters.get(name)!, values), name).toBeLessThanOrEqual(1e-3);
  },
);
