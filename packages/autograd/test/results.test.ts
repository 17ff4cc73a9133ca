import { random } from "@fledge/random";
import { openTestGpu } from "@fledge/testing";
import { expect, it } from "vitest";
import {
  add,
  batchNorm,
  compile,
  countCorrect,
  float32,
  grad,
  int32,
  place,
  readVariables,
  relu,
  softmaxCrossEntropy,
  topOne,
  uint8,
  Variable,
} from "../src/index.ts";
import { Layers } from "./layers.ts";

const gpu = await openTestGpu();
const draw = random(6, "results");
const x = Float32Array.from({ length: 12 }, () => draw.normal());

it("an early result outlives the nodes after it, and one tensor may have two names", async () => {
  const program = await compile(gpu, { x: float32(3, 4) }, ({ x: given }) => {
    const early = relu(given);
    let late = early;
    for (let i = 0; i < 8; i += 1) late = add(late, early);
    return { early, again: early, late, given };
  });
  const result = await program.run({ x });
  const expected = x.map((value) => Math.max(value, 0));
  expect(result.early).toEqual(expected);
  expect(result.again).toEqual(expected);
  expect(result.given).toEqual(x);
  // The eight additions in their order, in float32.
  expect(result.late).toEqual(
    expected.map(
      (value) =>
        Array(8)
          .fill(value)
          .reduce((sum: number, one: number) => Math.fround(sum + one), value) as number,
    ),
  );
  expect(program.explain().peakLiveBytes).toBeLessThan(8 * 12 * 4);
});

it("results have the types of their tensors, inputs and scalars included", async () => {
  const inputs = { logits: float32(3, 4), labels: int32(3), bytes: uint8(5) };
  const program = await compile(gpu, inputs, ({ logits, labels, bytes }) => ({
    ...topOne(logits),
    correct: countCorrect(logits, labels),
    bytes,
  }));
  const bytes = new Uint8Array([1, 2, 3, 4, 255]);
  const rows = [0, 1, 2].map((row) => x.subarray(4 * row, 4 * row + 4));
  const classes = Int32Array.from(rows, (row) => row.indexOf(Math.max(...row)));
  const result = await program.run({ logits: x, labels: classes, bytes });
  expect(result.classes).toEqual(classes);
  expect(result.probabilities).toBeInstanceOf(Float32Array);
  expect(result.correct).toEqual(new Uint32Array([3]));
  expect(result.bytes).toEqual(bytes);
});

it("what no result needs is not computed; running moments move all the same", async () => {
  const layers = new Layers(gpu);
  const norm = layers.norm("norm", 2);
  const before = await readVariables(gpu, [norm.runningMean]);
  const program = await compile(gpu, { x: float32(1, 2, 3, 2), unused: float32(7) }, ({ x: given }) => {
    const normalised = batchNorm(given, norm, { mode: "train" });
    relu(relu(normalised));
    return {};
  });
  expect(program.kernels.map(({ plan }) => plan.kernel)).toEqual(["batchnorm-statistics"]);
  expect(await program.run({ x, unused: new Float32Array(7) })).toEqual({});
  expect(await readVariables(gpu, [norm.runningMean])).not.toEqual(before);
});

it("soft targets that are one-hot give the loss and the gradient of labels", async () => {
  const logits = new Variable("logits", float32(3, 4), "parameter", () => x);
  place(gpu, [logits]);
  const program = await compile(gpu, { labels: int32(3), targets: float32(3, 4) }, ({ labels, targets }) => {
    const [hard, soft] = [
      softmaxCrossEntropy(logits, labels, { labelSmoothing: 0.1 }),
      softmaxCrossEntropy(logits, targets, { labelSmoothing: 0.1 }),
    ];
    return { hard, soft, hardGradient: grad(hard, [logits])[0]!, softGradient: grad(soft, [logits])[0]! };
  });
  const targets = new Float32Array(12);
  [2, 0, 3].forEach((label, row) => (targets[4 * row + label] = 1));
  const result = await program.run({ labels: new Int32Array([2, 0, 3]), targets });
  const differences = Array.from(result.hardGradient, (value, i) => Math.abs(value - result.softGradient[i]!));
  expect(Math.abs(result.hard[0]! - result.soft[0]!)).toBeLessThanOrEqual(1e-6);
  expect(Math.max(...differences)).toBeLessThanOrEqual(1e-7);
  expect(Math.hypot(...result.hardGradient)).toBeGreaterThan(0.1);
});

it("a gradient is a constant to a later grad, which says so where nothing else is left", async () => {
  const logits = new Variable("scores", float32(3, 4), "parameter", () => x);
  place(gpu, [logits]);
  const program = compile(gpu, { labels: int32(3) }, ({ labels }) => {
    const [gradient] = grad(softmaxCrossEntropy(logits, labels), [logits]);
    return { second: grad(softmaxCrossEntropy(gradient!, labels), [logits])[0]! };
  });
  await expect(program).rejects.toThrow('"scores" does not influence');
});
