import { compile, float32, grad, int32, place, readVariables, Sgd, softmaxCrossEntropy } from "@fledge/autograd";
import { listCases, loadCase, openTestGpu, relativeError } from "@fledge/testing";
import { toNhwc, type StoredTensor } from "@fledge/safetensors";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { loadStateDict, resnet, toTorch } from "../src/index.ts";

interface Attributes {
  readonly stem_channels: number;
  readonly planes: readonly number[];
  readonly blocks: readonly number[];
  readonly classes: number;
  readonly label_smoothing: number;
  readonly optimiser: {
    readonly learning_rate: number;
    readonly momentum: number;
    readonly weight_decay: number;
    readonly steps: number;
  };
}

const gpu = await openTestGpu();

describe.each(listCases("resnet_bottleneck_train"))("%s", (directory) => {
  const golden = loadCase<Attributes>(directory);
  const {
    stem_channels: stemChannels,
    planes,
    blocks,
    classes,
    label_smoothing: labelSmoothing,
    optimiser,
  } = golden.attributes;
  const errorOf = (name: string, values: Float32Array): number =>
    relativeError(values, golden.float32(name), golden.floorOf(name));

  it(`${basename(directory)}: first step, gradients, three SGD steps and eval logits agree with PyTorch`, async () => {
    const network = resnet({ block: "bottleneck", stemChannels, planes, blocks, classes });
    place(gpu, network.variables);
    const before = network.variables.map(({ name }): [string, StoredTensor] => {
      const stored = `state_before/${name}`;
      return [name, { shape: golden.shape(stored), data: golden.float32(stored) }];
    });
    loadStateDict(gpu, network, new Map(before), directory);
    const sgd = new Sgd(network.parameters, { momentum: optimiser.momentum, weightDecay: optimiser.weight_decay });
    place(gpu, sgd.variables);

    const images = toNhwc(golden.float32("images"), golden.shape("images"));
    const inputs = { images: float32(...images.shape), labels: int32(images.shape[0]!), learningRate: float32() };
    const step = await compile(gpu, inputs, ({ images, labels, learningRate }) => {
      const logits = network(images, { mode: "train" });
      const loss = softmaxCrossEntropy(logits, labels, { labelSmoothing });
      const gradients = grad(loss, network.parameters);
      sgd.update(gradients, { learningRate });
      return {
        loss,
        logits,
        ...Object.fromEntries(network.parameters.map(({ name }, i) => [`grad/${name}`, gradients[i]!])),
      };
    });
    const labels = golden.int32("labels");
    const losses: number[] = [];
    for (let k = 0; k < optimiser.steps; k++) {
      const result: Record<string, ArrayLike<number>> = await step.run({
        images: images.data,
        labels,
        learningRate: optimiser.learning_rate,
      });
      losses.push(result["loss"]![0]!);
      if (k > 0) continue;
      expect(errorOf("logits", result["logits"] as Float32Array)).toBeLessThanOrEqual(golden.toleranceOf("logits"));
      for (const { name, shape } of network.parameters) {
        const stored = golden.gradients[`state_before/${name}`]!;
        const { data } = toTorch(result[`grad/${name}`] as Float32Array, shape);
        expect(errorOf(stored, data), stored).toBeLessThanOrEqual(golden.toleranceOf(stored));
      }
    }
    expect(errorOf("losses", new Float32Array(losses))).toBeLessThanOrEqual(golden.toleranceOf("losses"));
    const after = await readVariables(gpu, network.variables);
    for (const { name, shape } of network.variables) {
      const stored = `state_after/${name}`;
      const { data } = toTorch(after.get(name) as Float32Array, shape);
      expect(errorOf(stored, data), stored).toBeLessThanOrEqual(golden.toleranceOf(stored));
    }
    const evaluate = await compile(gpu, { images: float32(...images.shape) }, ({ images }) => ({
      logits: network(images, { mode: "eval" }),
    }));
    const { logits } = await evaluate.run({ images: images.data });
    expect(errorOf("eval_logits", logits as Float32Array)).toBeLessThanOrEqual(golden.toleranceOf("eval_logits"));
  });
});
