import { compile, place, readVariables, Sgd } from "@fledge/autograd";
import { random } from "@fledge/random";
import { resnet50 } from "@fledge/resnet";
import { openTestGpu } from "@fledge/testing";
import { expect, it } from "vitest";
import { normalisedImages, supervised, trainingStep } from "../src/index.ts";

const gpu = await openTestGpu();
const network = resnet50({ classes: 200 });
const sgd = new Sgd(network.parameters, { momentum: 0.9 });
place(gpu, [...network.variables, ...sgd.variables]);

/** The training step of the real ResNet-50, and a fixed batch for it. */
async function training(N: number, side: number) {
  const draw = random(21, `training images ${side}`);
  const batch = {
    images: Float32Array.from({ length: N * side * side * 3 }, () => draw.normal()),
    labels: Int32Array.from({ length: N }, (_, index) => 25 * index),
    learningRate: 0.01,
  };
  const objective = supervised(normalisedImages(side), { labelSmoothing: 0 });
  return { step: await compile(gpu, ...trainingStep(network, objective, sgd)(N)), batch };
}

/** Where the driver has not cached the shaders yet, the first step compiles them: a minute on a software adapter. */
const timeout = 600_000;

it(
  "ResNet-50 at 64 px, batch 8: the loss falls over 20 steps on a fixed batch, in memory that stays",
  { timeout },
  async () => {
    const { step, batch } = await training(8, 64);
    const losses: number[] = [];
    const allocatedBytes: number[] = [];
    let correct = 0;
    for (let k = 0; k < 20; k += 1) {
      const result = await step.run(batch);
      losses.push(result.loss[0]!);
      correct = result.correct[0]!;
      allocatedBytes.push(gpu.allocatedBytes);
    }
    step.release();
    expect(losses[0]).toBeGreaterThan(4); // ln(200) is 5.3: it begins by guessing.
    expect(losses[0]).toBeLessThan(8);
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(losses[19]).toBeLessThan(0.1 * losses[0]!);
    expect(correct).toBe(8);
    expect(new Set(allocatedBytes).size).toBe(1);
  },
);

it(
  "ResNet-50 at 224 px, batch 2: one step completes within the adapter's limits and moves every parameter",
  { timeout },
  async () => {
    const before = await readVariables(gpu, network.parameters);
    const { step, batch } = await training(2, 224);
    const { loss } = await step.run(batch);
    step.release();
    expect(Number.isFinite(loss[0])).toBe(true);
    const after = await readVariables(gpu, network.parameters);
    for (const [name, values] of after) {
      expect(values.every(Number.isFinite), name).toBe(true);
      expect(
        values.some((value, i) => value !== before.get(name)![i]),
        name,
      ).toBe(true);
    }
  },
);
