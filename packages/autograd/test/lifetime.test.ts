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
  release,
  relu,
  Sgd,
  softmaxCrossEntropy,
  Variable,
  writeVariables,
  type Mode,
  type Tensor,
} from "../src/index.ts";
import { Layers } from "./layers.ts";

const gpu = await openTestGpu();
const draw = random(2, "lifetime");
const inputs = { x: float32(2, 4, 4, 3), labels: int32(2), learningRate: float32() };
const x = Float32Array.from({ length: 96 }, () => draw.normal());
const batch = { x, labels: new Int32Array([1, 2]), learningRate: 0.5 };
const zeros = (name: string, ...shape: number[]): Variable =>
  new Variable(name, float32(...shape), "parameter", () => new Float32Array(shape.reduce((a, b) => a * b, 1)));

function classifier(layers: Layers) {
  const [weight, norm, fc, bias] = [
    layers.variable("conv", [3, 3, 3, 4]),
    layers.norm("norm", 4),
    layers.variable("fc", [4, 3]),
    layers.variable("bias", [3]),
  ];
  return (images: Tensor, mode: Mode): Tensor =>
    linear(globalAveragePool(relu(batchNorm(conv2d(images, weight, { padding: 1 }), norm, { mode }))), fc, bias);
}

async function trainer() {
  const layers = new Layers(gpu);
  const network = classifier(layers);
  const sgd = new Sgd(layers.parameters, { momentum: 0.9 });
  place(gpu, sgd.variables);
  const step = await compile(gpu, inputs, ({ x: images, labels, learningRate }) => {
    const loss = softmaxCrossEntropy(network(images, "train"), labels);
    sgd.update(grad(loss, layers.parameters), { learningRate });
    return { loss };
  });
  return { layers, network, step };
}

describe("programs that share variables", () => {
  it("see each other's changes, in the order of their runs, awaited or not", async () => {
    const { network, step } = await trainer();
    const evaluate = await compile(gpu, { x: inputs.x }, ({ x: images }) => ({ logits: network(images, "eval") }));
    const logits = async () => (await evaluate.run({ x })).logits;
    const before = await logits();
    expect(await logits()).toEqual(before);
    const queued = [logits(), step.run(batch), logits(), step.run(batch), logits()] as const;
    const [first, , second, , third] = await Promise.all(queued);
    expect(first).toEqual(before);
    expect(second).not.toEqual(first);
    expect(third).not.toEqual(second);
    expect(await logits()).toEqual(third);
  });

  it("live on when one of them is released", async () => {
    const { network, step, layers } = await trainer();
    const evaluate = await compile(gpu, { x: inputs.x }, ({ x: images }) => ({ logits: network(images, "eval") }));
    await step.run(batch);
    const before = (await evaluate.run({ x })).logits;
    const weights = await readVariables(gpu, layers.parameters);
    step.release();
    expect((await evaluate.run({ x })).logits).toEqual(before);
    expect(await readVariables(gpu, layers.parameters)).toEqual(weights);
  });
});

describe("release", () => {
  it("gives back all that compile took, also with a run under way", async () => {
    const { network, layers } = await trainer();
    const bytes = gpu.allocatedBytes;
    const program = await compile(gpu, inputs, ({ x: images, labels }) => {
      const loss = softmaxCrossEntropy(network(images, "train"), labels);
      return { loss, gradient: grad(loss, layers.parameters)[0]! };
    });
    expect(gpu.allocatedBytes).toBeGreaterThan(bytes);
    const pending = program.run(batch);
    program.release();
    expect(gpu.allocatedBytes).toBe(bytes);
    expect(Number.isFinite((await pending).loss[0])).toBe(true);
    program.release();
    expect(gpu.allocatedBytes).toBe(bytes);
    await expect(program.run(batch)).rejects.toThrow("released");
  });

  it("of variables gives back their memory, and they can be placed anew", async () => {
    const bytes = gpu.allocatedBytes;
    const variables = [zeros("r1", 100), zeros("r2", 7)];
    place(gpu, variables);
    writeVariables(
      gpu,
      variables,
      new Map([
        ["r1", new Float32Array(100).fill(3)],
        ["r2", new Float32Array(7)],
      ]),
    );
    release(gpu, variables);
    expect(gpu.allocatedBytes).toBe(bytes);
    await expect(readVariables(gpu, variables)).rejects.toThrow('"r1" is not on this device');
    place(gpu, variables);
    expect((await readVariables(gpu, variables)).get("r1")).toEqual(new Float32Array(100));
    release(gpu, variables);
  });

  it("of some of the variables that lie together is refused", () => {
    const variables = [zeros("together 1", 4), zeros("together 2", 4)];
    place(gpu, variables);
    expect(() => release(gpu, variables.slice(0, 1))).toThrow('"together 2" was placed with it');
    release(gpu, variables);
  });
});

describe("what fails leaves no memory behind:", () => {
  it("a compile", async () => {
    const { network, layers } = await trainer();
    const sgd = new Sgd(layers.parameters);
    place(gpu, sgd.variables);
    const bytes = gpu.allocatedBytes;
    const learn = (extra: (images: Tensor) => Record<string, Tensor>) =>
      compile(gpu, inputs, ({ x: images, labels, learningRate }) => {
        sgd.update(grad(softmaxCrossEntropy(network(images, "train"), labels), layers.parameters), { learningRate });
        return extra(images);
      });
    const lost = zeros("lost", 1, 1, 3, 2);
    await expect(learn((images) => ({ out: conv2d(images, lost) }))).rejects.toThrow('"lost" is not on this device');
    expect(gpu.allocatedBytes).toBe(bytes);
    const wide = zeros("wide", 1, 1, 3, Math.floor(gpu.traits.maxStorageBufferBindingSize / (2 * 16 * 4)) + 1);
    await expect(learn((images) => ({ out: conv2d(images, wide) }))).rejects.toThrow("binding limit");
    expect(gpu.allocatedBytes).toBe(bytes);
  });

  it("a place", () => {
    const bytes = gpu.allocatedBytes;
    const one = zeros("one", 4);
    expect(() => place(gpu, [one, one])).toThrow('"one" is already on this device');
    const huge = new Variable(
      "huge",
      float32(gpu.traits.maxStorageBufferBindingSize / 4 + 1),
      "statistic",
      () => new Float32Array(0),
    );
    expect(() => place(gpu, [one, huge])).toThrow("huge takes");
    const short = new Variable("short", float32(4), "parameter", () => new Float32Array(3));
    expect(() => place(gpu, [one, short])).toThrow('"short": its initial contents have 3 elements, its shape is [4]');
    expect(gpu.allocatedBytes).toBe(bytes);
    place(gpu, [one]);
    release(gpu, [one]);
  });
});

describe("Sgd.update refuses", () => {
  const shaped = (name: string) => zeros(name, 2, 3);
  const [w, v] = [shaped("w"), zeros("v", 3)];
  const sgd = new Sgd([w]);
  place(gpu, [w, v, ...sgd.variables]);
  const update = (gradients: (loss: Tensor) => readonly Tensor[], learningRate = float32()) =>
    compile(gpu, { labels: int32(2), learningRate }, ({ labels, learningRate: rate }) => {
      const loss = softmaxCrossEntropy(w, labels);
      sgd.update(gradients(loss), { learningRate: rate });
      return { loss };
    });

  it("another number of gradients, gradients of other shapes, and a learning rate that is no scalar", async () => {
    await expect(update(() => [])).rejects.toThrow("0 gradients for 1 parameters");
    await expect(update(() => [v])).rejects.toThrow('the gradient of "w" must be f32[2,3], not v: f32[3]');
    await expect(update((loss) => grad(loss, [w]), float32(2))).rejects.toThrow("learningRate must be an f32 scalar");
  });
});
