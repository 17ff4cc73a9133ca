import { openTestGpu } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import { batchSizesOf, join, partSizes } from "../src/batch.ts";
import {
  batchNorm,
  batchOf,
  compile,
  countCorrect,
  float32,
  grad,
  int32,
  linear,
  readVariables,
  place,
  relu,
  Sgd,
  softmaxCrossEntropy,
  topOne,
  type Tensor,
} from "../src/index.ts";
import { distance, Layers } from "./layers.ts";

const gpu = await openTestGpu();
const features = 7;
const images = 10;

const x = Float32Array.from({ length: images * features }, (_, i) => Math.sin(i));
const labels = Int32Array.from({ length: images }, (_, i) => (i * i) % 5);
const learningRate = 0.5;

/** A step of two layers with equal contents in every call, at most `atOnce` images at once. */
async function compiled(atOnce: number | null) {
  const layers = new Layers(gpu);
  const first = [layers.variable("first.weight", [features, 33]), layers.variable("first.bias", [33])] as const;
  const second = [layers.variable("second.weight", [33, 5]), layers.variable("second.bias", [5])] as const;
  const { parameters } = layers;
  const sgd = new Sgd(parameters, { momentum: 0.9, weightDecay: 0.01 });
  place(gpu, sgd.variables);
  const inputs = {
    x: batchOf(images, float32(features)),
    labels: batchOf(images, int32()),
    learningRate: float32(),
  };
  const step = await compile(
    gpu,
    inputs,
    (given) => {
      const logits = linear(relu(linear(given.x, ...first)), ...second);
      const loss = softmaxCrossEntropy(logits, given.labels);
      sgd.update(grad(loss, parameters), { learningRate: given.learningRate });
      return { loss, correct: countCorrect(logits, given.labels), logits, classes: topOne(logits).classes };
    },
    { atOnce },
  );
  const variables = () => readVariables(gpu, [...parameters, ...sgd.variables]);
  return { step, variables };
}

describe("a batch computed in parts", () => {
  it.each([5, 4, 9, 1, 3])("takes the step of the whole batch, at most %i images at once", async (atOnce) => {
    const whole = await compiled(null);
    const parts = await compiled(atOnce);
    // The second step sees the momentum, and sums that begin anew.
    for (let i = 0; i < 2; i++) {
      const expected = await whole.step.run({ x, labels, learningRate });
      const got = await parts.step.run({ x, labels, learningRate });
      expect(Object.keys(got)).toEqual(Object.keys(expected));
      expect(got.correct).toEqual(expected.correct);
      expect(got.classes).toEqual(expected.classes);
      expect(distance(got.logits, expected.logits)).toBeLessThanOrEqual(1e-6);
      expect(distance(got.loss, expected.loss)).toBeLessThanOrEqual(1e-6);
    }
    const expected = await whole.variables();
    // Sums of 10 products in another order, twice.
    for (const [name, values] of await parts.variables())
      expect(distance(values, expected.get(name)!), name).toBeLessThanOrEqual(1e-6);
  });

  it("counts one step of the optimiser a batch", async () => {
    const { step, variables } = await compiled(2);
    await step.run({ x, labels, learningRate });
    expect((await variables()).get("step_count")).toEqual(Uint32Array.of(1));
  });

  it("plans its largest part, and frees all its memory", async () => {
    const before = gpu.allocatedBytes;
    const { step } = await compiled(4);
    expect(step.kernels[0]!.plan.tensors["x"]!.shape).toEqual([4, features]);
    expect(step.explain().kernels.map(({ rung }) => rung)).toEqual(step.kernels.map(({ plan }) => plan.rung));
    step.release();
    const left = gpu.allocatedBytes - before;
    const { step: whole } = await compiled(null);
    whole.release();
    // The variables, which `compiled` places and no program frees.
    expect(gpu.allocatedBytes - before - left).toBe(left);
  });

  it("names what is not of the batch's size", async () => {
    const { step } = await compiled(4);
    await expect(step.run({ x: x.slice(1), labels, learningRate })).rejects.toThrow(
      `program input "x" wants f32[10,7], got 69 elements`,
    );
    await expect(step.run({ x, labels: 3, learningRate })).rejects.toThrow(`"labels" wants the values of a batch`);
    expect(() => batchSizesOf({ x: batchOf(4, float32(2)), labels: batchOf(5, int32()) })).toThrow(
      `inputs "x" and "labels" are of one batch, but hold 4 and 5 examples`,
    );
    await expect(compiled(0)).rejects.toThrow("atOnce is 0");
    await expect(compiled(1.5)).rejects.toThrow("atOnce is 1.5");
  });
});

describe("what the update moves", () => {
  const inputs = { x: batchOf(4, float32(features)), labels: batchOf(4, int32()), learningRate: float32() };

  it("cannot be read on in a batch in parts, or be a result of it: it moves after all parts", async () => {
    const layers = new Layers(gpu);
    const [weight, bias] = [layers.variable("weight", [features, 5]), layers.variable("bias", [5])];
    const sgd = new Sgd(layers.parameters);
    place(gpu, sgd.variables);
    const lossOf = (x: Tensor, target: Tensor) => softmaxCrossEntropy(linear(x, weight, bias), target);
    const step = ({ x, labels: target, learningRate: rate }: Record<keyof typeof inputs, Tensor>) => {
      const loss = lossOf(x, target);
      sgd.update(grad(loss, layers.parameters), { learningRate: rate });
      return loss;
    };
    const twice = compile(gpu, inputs, (given) => ({ a: step(given), b: step(given) }), { atOnce: 2 });
    await expect(twice).rejects.toThrow('a batch in parts moves "weight" after all its parts');
    const returned = compile(gpu, inputs, (given) => ({ loss: step(given), weight }), { atOnce: 2 });
    await expect(returned).rejects.toThrow('no result of its own for the variable "weight"');
  });
});

it("running statistics see every part in turn", async () => {
  const moments = async (atOnce: number, halves: boolean) => {
    const layers = new Layers(gpu);
    const norm = layers.norm("norm", 3);
    const values = Float32Array.from({ length: 4 * 2 * 2 * 3 }, (_, i) => Math.cos(i * i));
    const size = halves ? 2 : 4;
    const source = { x: batchOf(size, float32(2, 2, 3)) };
    const program = await compile(gpu, source, ({ x }) => ({ out: batchNorm(x, norm, { mode: "train" }) }), { atOnce });
    const half = values.length / 2;
    for (const x of halves ? [values.slice(0, half), values.slice(half)] : [values]) await program.run({ x });
    return readVariables(gpu, [norm.runningMean, norm.runningVariance]);
  };
  const parts = await moments(2, false);
  expect(parts).toEqual(await moments(2, true));
  expect(parts).not.toEqual(await moments(4, false));
});

describe("parts", () => {
  it("are the fewest, as equal as can be", () => {
    expect(partSizes(40, 16)).toEqual([14, 13, 13]);
    expect(partSizes(32, 16)).toEqual([16, 16]);
    expect(partSizes(33, 32)).toEqual([17, 16]);
    expect(partSizes(5, 1)).toEqual([1, 1, 1, 1, 1]);
    expect(partSizes(7, 9)).toEqual([7]);
  });

  it("have results that are joined, weighed or added by what they are", () => {
    const shares = [0.75, 0.25];
    expect(join("rows", [Int32Array.of(4, 3, 2), Int32Array.of(1)], shares)).toEqual(Int32Array.of(4, 3, 2, 1));
    expect(join("mean", [Float32Array.of(2), Float32Array.of(6)], shares)).toEqual(Float32Array.of(3));
    expect(join("count", [Uint32Array.of(3), Uint32Array.of(1)], shares)).toEqual(Uint32Array.of(4));
  });
});
