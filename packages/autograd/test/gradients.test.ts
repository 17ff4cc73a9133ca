import { random } from "@fledge/random";
import { elementCount } from "@fledge/runtime";
import { openTestGpu } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import type { KernelNode } from "../src/graph.ts";
import {
  add,
  batchNorm,
  compile,
  concatenate,
  conv2d,
  dropout,
  dropPath,
  float32,
  globalAveragePool,
  grad,
  int32,
  keepMask,
  linear,
  maxPool2d,
  normalisePixels,
  place,
  relu,
  scale,
  softmaxCrossEntropy,
  split,
  Tensor,
  uint32,
  Variable,
  writeVariables,
} from "../src/index.ts";
import { operators } from "../src/ops/table.ts";
import { ConstantTensor } from "../src/tensor.ts";
import { trace } from "../src/trace.ts";

const gpu = await openTestGpu();

interface Check {
  /** Shapes of the variables that are differentiated. */
  readonly variables: Readonly<Record<string, readonly number[]>>;
  /** Any tensor of them; it is weighted and summed to a scalar through the loss below. */
  readonly body: (variables: Record<string, Variable>) => Tensor;
  /** The scalar that they come to, where it is not the plain loss. */
  readonly loss?: (logits: Tensor, labels: Tensor) => Tensor;
}

const bn = (v: Record<string, Variable>) => ({
  weight: v["weight"]!,
  bias: v["bias"]!,
  runningMean: v["runningMean"]!,
  runningVariance: v["runningVariance"]!,
});
const bnShapes = { weight: [3], bias: [3], runningMean: [3], runningVariance: [3] };

/** In each of the masks below something is kept and something dropped. */
const keys = new Variable("keys", uint32(2), "statistic", () => Uint32Array.of(1, 7));
place(gpu, [keys]);

/** Everything ends in [2, features] and a cross entropy, so that one scalar loss serves all. */
const flat = (x: Tensor): Tensor => globalAveragePool(x);

const decisions = (): Tensor => keepMask(keys, { rate: 0.5, layer: 2 });

const checks: Readonly<Record<string, Check>> = {
  "conv2d 3x3 stride 2": {
    variables: { x: [2, 5, 5, 2], weight: [3, 3, 2, 3] },
    body: (v) => flat(conv2d(v["x"]!, v["weight"]!, { stride: 2, padding: 1 })),
  },
  "conv2d 1x1": {
    variables: { x: [2, 3, 3, 4], weight: [1, 1, 4, 3] },
    body: (v) => flat(conv2d(v["x"]!, v["weight"]!)),
  },
  "batchNorm in train mode": {
    variables: { x: [2, 3, 3, 3], ...bnShapes },
    body: (v) => flat(relu(add(batchNorm(v["x"]!, bn(v), { mode: "train" }), v["x"]!))),
  },
  "batchNorm in eval mode": {
    variables: { x: [2, 3, 3, 3], ...bnShapes },
    body: (v) => flat(batchNorm(v["x"]!, bn(v), { mode: "eval" })),
  },
  "one weight twice": {
    variables: { x: [2, 3, 3, 3], weight: [3, 3, 3, 3] },
    body: (v) => flat(conv2d(conv2d(v["x"]!, v["weight"]!, { padding: 1 }), v["weight"]!)),
  },
  relu: { variables: { x: [2, 2, 2, 5] }, body: (v) => flat(relu(v["x"]!)) },
  "add, one tensor twice": { variables: { x: [2, 2, 2, 3] }, body: (v) => flat(add(v["x"]!, relu(v["x"]!))) },
  maxPool2d: {
    variables: { x: [2, 5, 5, 3] },
    body: (v) => flat(maxPool2d(v["x"]!, { kernel: 3, stride: 2, padding: 1 })),
  },
  globalAveragePool: { variables: { x: [2, 3, 2, 4] }, body: (v) => flat(v["x"]!) },
  linear: {
    variables: { x: [2, 5], weight: [5, 4], bias: [4] },
    body: (v) => linear(v["x"]!, v["weight"]!, v["bias"]!),
  },
  dropout: {
    variables: { x: [2, 6] },
    body: (v) => dropout(v["x"]!, keepMask(keys, { rate: 0.4, layer: 1, elements: 6 }), { rate: 0.4, mode: "train" }),
  },
  dropPath: {
    variables: { identity: [2, 3, 2, 4], branch: [2, 3, 2, 4] },
    body: (v) => flat(dropPath(v["identity"]!, v["branch"]!, decisions(), { survival: 0.5, mode: "train" })),
  },
  "dropPath, ReLU": {
    variables: { identity: [2, 3, 2, 3], branch: [2, 3, 2, 3] },
    body: (v) =>
      flat(dropPath(v["identity"]!, v["branch"]!, decisions(), { survival: 0.5, mode: "train", relu: true })),
  },
  scale: { variables: { x: [2, 4] }, body: (v) => scale(v["x"]!, -0.7) },
  concatenate: { variables: { a: [1, 4], b: [1, 4] }, body: (v) => concatenate(v["a"]!, v["b"]!) },
  "split, both parts": {
    variables: { x: [5, 4] },
    body: (v) => {
      const [first, others] = split(v["x"]!, 2);
      return add(first, split(others, 2)[0]);
    },
  },
  "split, the second part alone": { variables: { x: [3, 4] }, body: (v) => split(v["x"]!, 1)[1] },
  normalisePixels: {
    variables: { pixels: [2, 3, 2, 3] },
    body: (v) => flat(normalisePixels(v["pixels"]!, { mean: [0.5, 0, 2], std: [0.5, 2, 1] })),
  },
  softmaxCrossEntropy: { variables: { x: [2, 4] }, body: (v) => v["x"]! },
  ...Object.fromEntries(
    (["mean_all", "mean_kept"] as const).map((reduction): [string, Check] => [
      `softmaxCrossEntropy of two weighted halves, ${reduction}`,
      {
        variables: { x: [4, 4] },
        body: (v) => v["x"]!,
        loss(logits, labels) {
          const [labelled, unlabelled] = split(logits, 2);
          const weights = new ConstantTensor(Float32Array.of(0.3, 1), [2], "weights");
          const weighted = { weights, reduction, labelSmoothing: 0.1 };
          const targets = new ConstantTensor(Float32Array.of(0.1, 0.4, 0.3, 0.2, 0, 0.5, 0.7, 0), [2, 4], "targets");
          const soft = softmaxCrossEntropy(unlabelled, targets, weighted);
          return add(softmaxCrossEntropy(labelled, labels, weighted), scale(soft, 0.1));
        },
      },
    ]),
  ),
};

/** Central differences of a float32 program leave half of the digits: the bound is 1e-2 of the gradient's norm. */
const step = 1e-2;
const bound = 1e-2;

describe("gradients agree with central differences", () => {
  for (const [name, check] of Object.entries(checks)) {
    it(name, async () => {
      const draw = random(7, `gradcheck ${name}`);
      const variables = Object.entries(check.variables).map(([key, shape]) => {
        const positive = key === "runningVariance";
        // Away from zero, where a step of the difference would cross ReLU's kink.
        const value = (): number =>
          positive ? 0.5 + draw.float() : draw.choice([-1, 1]) * (0.1 + 2 * Math.abs(draw.normal()));
        const values = Float32Array.from({ length: elementCount({ shape, dtype: "f32" }) }, value);
        return new Variable(
          key,
          { shape, dtype: "f32" },
          key.startsWith("running") ? "statistic" : "parameter",
          () => values,
        );
      });
      place(gpu, variables);
      const byName = Object.fromEntries(variables.map((v) => [v.name, v]));
      const differentiated = variables.filter(({ role }) => role === "parameter");
      const labels = Int32Array.from([1, 0]);
      const { loss = (logits, target) => softmaxCrossEntropy(logits, target, { labelSmoothing: 0.1 }) } = check;
      const lossOf = (target: Tensor): Tensor => loss(check.body(byName), target);
      const analytic = await compile(gpu, { labels: int32(2) }, ({ labels: target }) => {
        const gradients = grad(lossOf(target), differentiated);
        return Object.fromEntries(differentiated.map((v, i) => [v.name, gradients[i]!]));
      });
      const gradients = (await analytic.run({ labels })) as Record<string, Float32Array>;
      const forward = await compile(gpu, { labels: int32(2) }, ({ labels: target }) => ({ loss: lossOf(target) }));
      const lossAt = async (values: Map<string, Float32Array<ArrayBuffer>>): Promise<number> => {
        writeVariables(gpu, variables, values);
        return (await forward.run({ labels })).loss[0]!;
      };
      const initial = new Map(variables.map((v) => [v.name, v.initial() as Float32Array<ArrayBuffer>]));
      for (const { name: variable } of differentiated) {
        const gradient = gradients[variable]!;
        const norm = Math.hypot(...gradient);
        expect(norm, variable).toBeGreaterThan(0);
        // The derivative along the gradient's own direction is its norm; along a random one, the inner product.
        for (const direction of [gradient.map((g) => g / norm), gradient.map(() => draw.normal())]) {
          const reach = step / Math.hypot(...direction);
          const moved = (sign: number) =>
            new Map([...initial, [variable, initial.get(variable)!.map((x, i) => x + sign * reach * direction[i]!)]]);
          const measured = ((await lossAt(moved(1))) - (await lossAt(moved(-1)))) / (2 * reach);
          const expected = gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0);
          const error = Math.abs(measured - expected) / (norm * Math.hypot(...direction));
          expect(error, variable).toBeLessThanOrEqual(bound);
        }
      }
    });
  }
});

it("every operator with a gradient rule has a check above", () => {
  const { graph } = trace(() => {
    for (const { variables, body, loss = softmaxCrossEntropy } of Object.values(checks)) {
      const named = Object.entries(variables).map(([name, shape]) => {
        const variable = new Variable(name, float32(...shape), "parameter", () => new Float32Array(0));
        return [name, variable] as const;
      });
      loss(body(Object.fromEntries(named)), new Tensor(int32(2), "labels"));
    }
  });
  const checked = new Set(graph.nodes.map((node) => (node as KernelNode).operator));
  const withRule = Object.entries(operators).filter(([, { gradient }]) => gradient !== "not differentiable");
  expect(withRule.length).toBeGreaterThan(0);
  // Differences of what is rounded to f16 say nothing of a cast's gradient: `stored.test.ts` has it.
  const others = withRule.filter(([name, operator]) => name !== "cast" && !checked.has(operator));
  expect(others.map(([name]) => name)).toEqual([]);
});

describe("grad", () => {
  const x = new Variable("x", float32(2, 3), "parameter", () => new Float32Array(6));
  const unused = new Variable("unused", float32(2), "parameter", () => new Float32Array(2));
  place(gpu, [x, unused]);

  it("names a variable that the loss does not depend on", async () => {
    const program = compile(gpu, { labels: int32(2) }, ({ labels }) => ({
      g: grad(softmaxCrossEntropy(x, labels), [unused])[0]!,
    }));
    await expect(program).rejects.toThrow('"unused" does not influence');
  });

  it("wants a scalar", async () => {
    await expect(compile(gpu, {}, () => ({ g: grad(x, [x])[0]! }))).rejects.toThrow("must be a scalar");
  });

  it("with an upstream is the gradient of sum(output * upstream); the upstream may be a gradient", async () => {
    const weight = new Variable("w", float32(3, 2), "parameter", () => new Float32Array([1, -2, 3, 0.5, -1, 2]));
    const bias = new Variable("b", float32(2), "parameter", () => new Float32Array(2));
    const given = new Variable("given", float32(2, 3), "parameter", () => new Float32Array([1, 2, 3, 4, 5, 6]));
    place(gpu, [weight, bias, given]);
    const program = await compile(gpu, { u: float32(2, 2), labels: int32(2) }, ({ u, labels }) => {
      const [dWeight, dBias] = grad(linear(given, weight, bias), [weight, bias], u);
      const [dGiven] = grad(softmaxCrossEntropy(given, labels), [given]);
      const [throughRelu] = grad(relu(given), [given], dGiven);
      return { dWeight: dWeight!, dBias: dBias!, dGiven: dGiven!, throughRelu: throughRelu! };
    });
    const result = await program.run({ u: new Float32Array([1, 2, 3, 5]), labels: new Int32Array([0, 1]) });
    expect(result.dBias).toEqual(new Float32Array([4, 7]));
    expect(result.dWeight).toEqual(new Float32Array([13, 22, 17, 29, 21, 36]));
    expect(Math.hypot(...result.dGiven)).toBeGreaterThan(0.1);
    expect(result.throughRelu).toEqual(result.dGiven);
  });

  it("gives inputs and tensors in between theirs, through BatchNorm on frozen statistics, and none of it is fused away", async () => {
    const shape = [2, 4, 4, 3];
    const values = (count: number, purpose: string): Float32Array<ArrayBuffer> => {
      const draw = random(3, purpose);
      return Float32Array.from({ length: count }, () => 0.3 + draw.float());
    };
    const made = Object.entries({ weight: 3, bias: 3, runningMean: 3, runningVariance: 3 }).map(
      ([name, count]) =>
        [name, new Variable(`input ${name}`, float32(count), "parameter", () => values(count, name))] as const,
    );
    const pixels = values(96, "pixels");
    const asVariable = new Variable("pixels", float32(...shape), "parameter", () => pixels);
    place(gpu, [asVariable, ...made.map(([, variable]) => variable)]);
    const norm = bn(Object.fromEntries(made));
    const lossOf = (images: Tensor, labels: Tensor): { loss: Tensor; normalised: Tensor } => {
      const normalised = batchNorm(normalisePixels(images), norm, { mode: "eval" });
      return { normalised, loss: softmaxCrossEntropy(globalAveragePool(relu(normalised)), labels) };
    };
    const inputs = { images: float32(...shape), labels: int32(2) };
    const compiled = [true, false].map((fusion) =>
      compile(
        gpu,
        inputs,
        ({ images, labels }) => {
          const { loss, normalised } = lossOf(images, labels);
          const [dImages, dNormalised] = grad(loss, [images, normalised]);
          return { dImages: dImages!, dNormalised: dNormalised! };
        },
        { fusion },
      ),
    );
    const viaVariable = await compile(gpu, { labels: int32(2) }, ({ labels }) => ({
      dImages: grad(lossOf(asVariable, labels).loss, [asVariable])[0]!,
    }));
    const labels = new Int32Array([2, 0]);
    const expected = await viaVariable.run({ labels });
    expect(Math.hypot(...expected.dImages)).toBeGreaterThan(0.01);
    const [fused, plain] = await Promise.all(
      compiled.map(async (program) => (await program).run({ images: pixels, labels })),
    );
    expect(fused!.dImages).toEqual(expected.dImages);
    for (const [name, gradient] of Object.entries(plain!)) {
      const other = fused![name as "dImages"];
      gradient.forEach((value, i) => expect(other[i]).toBeCloseTo(value, 6));
    }
    // d out / d pixel is weight / sqrt(variance + epsilon) / std.
    const scale = made.map(([, variable]) => variable.initial() as Float32Array);
    const first = fused!.dNormalised[0]! * (scale[0]![0]! / Math.sqrt(scale[3]![0]! + 1e-5) / 0.229);
    expect(fused!.dImages[0]).toBeCloseTo(first, 5);
  });

  it("wants an upstream gradient of the output's shape", async () => {
    const program = compile(gpu, { u: float32(3, 2) }, ({ u }) => ({ g: grad(relu(x), [x], u)[0]! }));
    await expect(program).rejects.toThrow("has not the shape of");
  });
});
