import { openTestGpu } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import { smallestShare } from "../src/batch.ts";
import {
  add,
  batchOf,
  compile,
  concatenate,
  confidence,
  countCorrect,
  float32,
  grad,
  int32,
  linear,
  place,
  readVariables,
  relu,
  scale,
  Sgd,
  softmax,
  softmaxCrossEntropy,
  split,
  topOne,
} from "../src/index.ts";
import { distance, Layers } from "./layers.ts";

const gpu = await openTestGpu();
const features = 7;
const classes = 5;

const values = (count: number, key: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * key + key));

interface Sizes {
  readonly labelled: number;
  readonly unlabelled: number;
}

/** A step of two layers on two batches: labels for one, a frozen layer's soft targets, where it is sure, for the other. */
async function compiled({ labelled, unlabelled }: Sizes, atOnce: number | null, reduction: "mean_all" | "mean_kept") {
  const layers = new Layers(gpu);
  const first = [layers.variable("first.weight", [features, 33]), layers.variable("first.bias", [33])] as const;
  const second = [layers.variable("second.weight", [33, classes]), layers.variable("second.bias", [classes])] as const;
  const { parameters } = layers;
  const frozen = new Layers(gpu);
  const teacher = [frozen.variable("t.weight", [features, classes]), frozen.variable("t.bias", [classes])] as const;
  const sgd = new Sgd(parameters, { momentum: 0.9 });
  place(gpu, sgd.variables);
  const inputs = {
    x: batchOf(labelled, float32(features)),
    labels: batchOf(labelled, int32()),
    u: batchOf(unlabelled, float32(features), "unlabelled"),
    learningRate: float32(),
  };
  const step = await compile(
    gpu,
    inputs,
    ({ x, labels, u, learningRate }) => {
      const logits = linear(relu(linear(concatenate(x, u), ...first)), ...second);
      const [known, unknown] = split(logits, x.shape[0]!);
      const said = linear(u, ...teacher);
      const targets = softmax(said, 0.5);
      const taught = topOne(said).classes;
      const { kept } = confidence(targets, taught, 0.6);
      const labelledLoss = softmaxCrossEntropy(known, labels);
      const unlabelledLoss = softmaxCrossEntropy(unknown, targets, { weights: kept, reduction });
      const loss = add(labelledLoss, scale(unlabelledLoss, 0.7));
      sgd.update(grad(loss, parameters), { learningRate });
      return { loss, labelledLoss, correct: countCorrect(known, labels), taught, kept };
    },
    { atOnce },
  );
  const given = {
    x: values(labelled * features, 1.3),
    labels: Int32Array.from({ length: labelled }, (_, i) => (i * i) % classes),
    u: values(unlabelled * features, 2.1),
    learningRate: 0.5,
  };
  return { step, run: () => step.run(given), variables: () => readVariables(gpu, [...parameters, ...sgd.variables]) };
}

describe("two batches of different sizes in one program", () => {
  it.each([
    [{ labelled: 4, unlabelled: 12 }, 8, [2, 6]],
    [{ labelled: 4, unlabelled: 12 }, 4, [1, 3]],
    [{ labelled: 6, unlabelled: 9 }, 12, [4, 6]],
    [{ labelled: 6, unlabelled: 4 }, 5, [3, 2]],
  ] as const)("in parts take the step of the whole: %j, at most %i at once", async (sizes, atOnce, largest) => {
    const whole = await compiled(sizes, null, "mean_all");
    const parts = await compiled(sizes, atOnce, "mean_all");
    const concatenated = parts.step.kernels[0]!.plan.tensors;
    expect([concatenated["a"]!.shape[0], concatenated["b"]!.shape[0]]).toEqual(largest.map((rows) => rows * features));
    // The second step sees the momentum, and sums that begin anew.
    for (let i = 0; i < 2; i++) {
      const expected = await whole.run();
      const got = await parts.run();
      expect(new Set(expected.kept)).toEqual(new Set([0, 1]));
      expect([got.correct, got.taught, got.kept]).toEqual([expected.correct, expected.taught, expected.kept]);
      expect(distance(got.loss, expected.loss)).toBeLessThanOrEqual(1e-6);
      expect(distance(got.labelledLoss, expected.labelledLoss)).toBeLessThanOrEqual(1e-6);
    }
    const expected = await whole.variables();
    // Sums of a dozen products in another order, twice.
    for (const [name, moved] of await parts.variables())
      expect(distance(moved, expected.get(name)!), name).toBeLessThanOrEqual(1e-6);
  });

  it("are one program where all their examples fit", async () => {
    const { step } = await compiled({ labelled: 4, unlabelled: 12 }, 16, "mean_kept");
    expect(step.kernels[0]!.plan.tensors["b"]!.shape).toEqual([12 * features]);
  });

  it("are refused in parts where the loss is over the kept examples of all parts", async () => {
    await expect(compiled({ labelled: 4, unlabelled: 12 }, 8, "mean_kept")).rejects.toThrow(
      'a batch in parts has no mean over its kept examples ("mean_kept")',
    );
  });

  it("are refused where they cannot be cut alike, with the sizes that they have", async () => {
    await expect(compiled({ labelled: 4, unlabelled: 7 }, 8, "mean_all")).rejects.toThrow(
      'atOnce is 8, and batches of 4 of "batch" and 7 of "unlabelled" cannot be cut alike into fewer than ' +
        '4 of "batch" and 7 of "unlabelled"; raise it to 11',
    );
    await expect(compiled({ labelled: 4, unlabelled: 12 }, 3, "mean_all")).rejects.toThrow("raise it to 4");
  });
});

it("the smallest share of batches is what all of them are the same multiple of", () => {
  expect(smallestShare({ a: 32, b: 96 })).toEqual({ count: 32, share: { a: 1, b: 3 } });
  expect(smallestShare({ a: 6, b: 9 })).toEqual({ count: 3, share: { a: 2, b: 3 } });
  expect(smallestShare({ a: 5 })).toEqual({ count: 5, share: { a: 1 } });
});

it("a scaled loss's own gradient is known beforehand, so that the loss is fused with it", async () => {
  const layers = new Layers(gpu);
  const weight = layers.variable("weight", [features, classes]);
  const bias = layers.variable("bias", [classes]);
  const { step, expected } = await (async () => {
    const inputs = { x: float32(3, features), labels: int32(3) };
    const body = (factor: number | null) =>
      compile(gpu, inputs, ({ x, labels }) => {
        const loss = softmaxCrossEntropy(linear(x, weight, bias), labels);
        const scaled = factor === null ? loss : scale(loss, factor);
        return { loss: scaled, gradient: grad(scaled, [weight])[0]! };
      });
    return { step: await body(0.25), expected: await body(null) };
  })();
  const given = { x: values(3 * features, 1.7), labels: Int32Array.of(0, 3, 1) };
  const [scaled, plain] = [await step.run(given), await expected.run(given)];
  const quarter = (array: ArrayLike<number>) => Float32Array.from(array, (value) => value / 4);
  expect(scaled.loss).toEqual(quarter(plain.loss));
  expect(scaled.gradient).toEqual(quarter(plain.gradient));
  const kernels = step.kernels.map(({ plan }) => plan.kernel).filter((kernel) => /entropy|scale/.test(kernel));
  expect(kernels).toEqual(["softmax-cross-entropy-with-gradient", "scale"]);
});

it("rows and thresholds that do not fit are named", async () => {
  const refused = (body: Parameters<typeof compile<"x", "out">>[2]) => compile(gpu, { x: float32(4, 3) }, body);
  await expect(refused(({ x }) => ({ out: split(x, 4)[0] }))).rejects.toThrow("split: 4 rows cannot be split off");
  await expect(refused(({ x }) => ({ out: split(x, 0)[0] }))).rejects.toThrow("give a whole number from 1 to 3");
  await expect(refused(({ x }) => ({ out: concatenate(x, topOne(x).probabilities) }))).rejects.toThrow(
    "concatenate: the rows of",
  );
  await expect(
    refused(({ x }) => ({ out: confidence(softmax(x), topOne(x).classes, [0.1, 0.2]).kept })),
  ).rejects.toThrow("confidence: 2 thresholds for 3 classes");
});
