// A whole training step on matrix units, which are emulated here: what the rungs compute, and that a step takes them.
import { compile, place, readVariables, release } from "@fledge/autograd";
import { resnet18 } from "@fledge/resnet";
import type { Precision } from "@fledge/runtime";
import { openTestGpu } from "@fledge/testing";
import { Model, optimiserOf, renderedImages, supervised, trainingStep } from "@fledge/training";
import { expect, it } from "vitest";
import { matrixRungs, onEmulatedMatrices } from "./on-emulated-matrices.ts";

const gpu = await openTestGpu();
const [side, classes, size] = [32, 4, 8];

/** A step from seeded weights: its loss, rungs, and the parameters after it. A second would tell chaos from chaos. */
async function oneStep(precision: Precision) {
  const model = new Model(gpu, resnet18({ classes, width: 8, seed: 1 }), side);
  const { network } = model;
  const optimiser = optimiserOf(network, { momentum: 0.9, weightDecay: 0, lossScale: { initialScale: 1024 } });
  place(gpu, optimiser.variables);
  const objective = supervised(renderedImages(side), { labelSmoothing: 0 });
  const step = await compile(gpu, ...trainingStep(network, objective, optimiser, { precision })(size));
  const images = Uint8Array.from({ length: size * side * side * 3 }, (_, i) => Math.imul(i, 2654435761) >>> 13);
  const labels = Int32Array.from({ length: size }, (_, i) => i % classes);
  const inputs = { images, imagesPlacement: new Int32Array(size * 3), labels, learningRate: 0.002 };
  const loss = (await step.run(inputs)).loss[0]!;
  const rungs = step.kernels.map(({ plan }) => plan.rung);
  const parameters = await readVariables(gpu, network.parameters);
  step.release();
  release(gpu, optimiser.variables);
  await model.release();
  return { loss, rungs, parameters };
}

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.hypot(...Array.from(a, (value, i) => value - b[i]!)) / Math.hypot(...Array.from(b));

it("takes the steps of f16 on matrix units, which are emulated here, but for the order of sums", async () => {
  const half = await oneStep("f16");
  const matrix = await onEmulatedMatrices(() => oneStep("matrix"));
  const onUnits = matrix.rungs.filter((rung) => matrixRungs.has(rung));
  expect(onUnits.some((rung) => rung.endsWith("-matrix-tiles"))).toBe(true);
  const inHalves = half.rungs.filter((rung) => /^conv2d.*-f16$/.test(rung));
  expect(onUnits).toHaveLength(inHalves.length);
  expect(Math.abs(matrix.loss / half.loss - 1)).toBeLessThan(1e-3);
  // Biases begin at 0, so that they are nothing but the step's gradients. Activations that are rounded to f16 after sums
  // in another order put ReLUs on another side: those of either are off by up to a fifth of f32's.
  for (const [name, values] of half.parameters)
    expect(distance(matrix.parameters.get(name)!, values), name).toBeLessThan(name.endsWith(".bias") ? 0.25 : 2 ** -7);
});
