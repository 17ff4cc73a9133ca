import { random } from "@fledge/random";
import { openTestGpu } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import {
  batchNorm,
  compile,
  conv2d,
  float32,
  globalAveragePool,
  grad,
  int32,
  linear,
  place,
  readVariables,
  Sgd,
  softmaxCrossEntropy,
  type Tensor,
} from "../src/index.ts";
import { distance, Layers } from "./layers.ts";

const gpu = await openTestGpu();
const draw = random(8, "order");
const labels = new Int32Array([0, 2]);
const values = { x: Float32Array.from({ length: 10 }, () => draw.normal()), labels, learningRate: 0.25 };
const inputs = { x: float32(2, 5), labels: int32(2), learningRate: float32() };

function classifier(layers: Layers) {
  const [w1, b1] = [layers.variable("w1", [5, 4]), layers.variable("b1", [4])];
  const [w2, b2] = [layers.variable("w2", [4, 3]), layers.variable("b2", [3])];
  return (x: Tensor): Tensor => linear(linear(x, w1, b1), w2, b2);
}

function optimiser(layers: Layers): Sgd {
  const sgd = new Sgd(layers.parameters);
  place(gpu, sgd.variables);
  return sgd;
}

describe("what a program reads after an update", () => {
  it("two steps in one program are two runs of one step", async () => {
    const once = new Layers(gpu);
    const [network, sgd] = [classifier(once), optimiser(once)];
    const single = await compile(gpu, inputs, ({ x, labels: target, learningRate }) => {
      const loss = softmaxCrossEntropy(network(x), target);
      sgd.update(grad(loss, once.parameters), { learningRate });
      return { loss };
    });
    const expected = [(await single.run(values)).loss[0], (await single.run(values)).loss[0]];

    const twice = new Layers(gpu);
    const [network2, sgd2] = [classifier(twice), optimiser(twice)];
    const double = await compile(gpu, inputs, ({ x, labels: target, learningRate }) => {
      const first = softmaxCrossEntropy(network2(x), target);
      sgd2.update(grad(first, twice.parameters), { learningRate });
      const second = softmaxCrossEntropy(network2(x), target);
      sgd2.update(grad(second, twice.parameters), { learningRate });
      return { first, second };
    });
    const { first, second } = await double.run(values);
    expect([first[0], second[0]]).toEqual(expected);
    expect(await readVariables(gpu, twice.parameters)).toEqual(await readVariables(gpu, once.parameters));
    expect(second[0]).toBeLessThan(first[0]!);
  });

  it("a variable that is returned has its value after the run", async () => {
    const layers = new Layers(gpu);
    const [network, sgd] = [classifier(layers), optimiser(layers)];
    const [w1] = layers.parameters;
    const program = await compile(gpu, inputs, ({ x, labels: target, learningRate }) => {
      const gradients = grad(softmaxCrossEntropy(network(x), target), layers.parameters);
      sgd.update(gradients, { learningRate });
      return { w1: w1!, gradient: gradients[0]! };
    });
    const result = await program.run(values);
    const expected = (w1!.initial() as Float32Array).map(
      (value, i) => value - 0.25 * (result.gradient as Float32Array)[i]!,
    );
    expect(distance(result.w1, expected)).toBeLessThanOrEqual(1e-6);
  });

  it("grad refuses a loss whose variables an update has changed since", async () => {
    const layers = new Layers(gpu);
    const [network, sgd] = [classifier(layers), optimiser(layers)];
    const program = compile(gpu, inputs, ({ x, labels: target, learningRate }) => {
      const loss = softmaxCrossEntropy(network(x), target);
      sgd.update(grad(loss, layers.parameters), { learningRate });
      return { gradient: grad(loss, layers.parameters)[0]! };
    });
    await expect(program).rejects.toThrow('grad: "w2" changed after the loss was computed from it');
  });

  it("grad refuses a loss whose running moments have moved since", async () => {
    const layers = new Layers(gpu);
    const [weight, norm] = [layers.variable("w", [1, 1, 3, 3]), layers.norm("norm", 3)];
    const program = compile(gpu, { images: float32(2, 2, 2, 3), labels: int32(2) }, ({ images, labels: target }) => {
      const frozen = batchNorm(conv2d(images, weight), norm, { mode: "eval" });
      const moving = batchNorm(images, norm, { mode: "train" });
      const gradient = grad(softmaxCrossEntropy(globalAveragePool(frozen), target), [weight])[0]!;
      return { moving, gradient };
    });
    await expect(program).rejects.toThrow('"norm.running_mean" changed after the loss');
  });

  it("grad takes a loss through one layer twice in train mode: its moments are the batch's own", async () => {
    const layers = new Layers(gpu);
    const [weight, norm] = [layers.variable("w", [1, 1, 3, 3]), layers.norm("norm", 3)];
    const program = await compile(
      gpu,
      { images: float32(2, 2, 2, 3), labels: int32(2) },
      ({ images, labels: target }) => {
        const through = (x: Tensor): Tensor => batchNorm(conv2d(x, weight), norm, { mode: "train" });
        return {
          gradient: grad(softmaxCrossEntropy(globalAveragePool(through(through(images))), target), [weight])[0]!,
        };
      },
    );
    const images = Float32Array.from({ length: 24 }, () => draw.normal());
    const { gradient } = await program.run({ images, labels });
    expect(gradient).toHaveLength(9);
    expect(Array.from(gradient).every((value) => Number.isFinite(value) && value !== 0)).toBe(true);
  });
});
