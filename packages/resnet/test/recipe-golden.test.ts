import { compile, float32, grad, int32, place, softmaxCrossEntropy } from "@fledge/autograd";
import { toNhwc, type StoredTensor } from "@fledge/safetensors";
import { listCases, loadCase, openTestGpu, relativeError } from "@fledge/testing";
import { expect, it } from "vitest";
import { loadStateDict, resnet50, toTorch } from "../src/index.ts";
import { mix, recipeTensor, recipeValue, type Recipe } from "./recipe.ts";

interface Parameter extends Partial<Recipe> {
  readonly name: string;
  readonly shape: readonly number[];
  readonly stored?: string;
}
interface Attributes {
  readonly classes: number;
  readonly recipe_seed: number;
  readonly projection_ordinal_base: number;
  readonly running_mean: number;
  readonly running_var: number;
  readonly parameters: readonly Parameter[];
}

const gpu = await openTestGpu();
const golden = loadCase<Attributes>(listCases("resnet50_recipe_train")[0]!);
const { classes, recipe_seed: seed, parameters, projection_ordinal_base: projectionBase } = golden.attributes;

const row = (tensor: string, index: number): Float32Array => {
  const values = golden.float32(tensor);
  const width = values.length / parameters.length;
  return values.subarray(index * width, (index + 1) * width);
};

function firstValues({ stored, ordinal, offset, bound }: Parameter, count: number): Float32Array<ArrayBuffer> {
  if (stored !== undefined) return golden.float32(stored).subarray(0, count);
  return recipeTensor(seed, { ordinal: ordinal!, offset: offset!, bound: bound! }, count);
}

function parameterTensor(parameter: Parameter): StoredTensor {
  const { shape } = parameter;
  return {
    shape,
    data: firstValues(
      parameter,
      shape.reduce((product, size) => product * size, 1),
    ),
  };
}

function statisticTensor(name: string, shape: readonly number[]): StoredTensor {
  const { running_mean: mean, running_var: variance } = golden.attributes;
  return { shape, data: new Float32Array(shape[0]!).fill(name.endsWith("running_mean") ? mean : variance) };
}

/** Norm, projection and samples of a gradient in PyTorch's layout, each as FORMAT.md compares it: relative errors. */
function gradientErrors(gradient: Float32Array, p: number): { norm: number; projection: number; sample: number } {
  let squares = 0;
  let projection = 0;
  const directions = recipeTensor(seed, { ordinal: projectionBase + p, offset: 0, bound: 1 }, gradient.length);
  for (let i = 0; i < gradient.length; i += 1) {
    squares += gradient[i]! ** 2;
    projection += gradient[i]! * directions[i]!;
  }
  const [norm] = row("grad_norm", p) as unknown as [number];
  const samples = [...golden.int32("sample_index").subarray(p * 8, p * 8 + 8)].map((index) => gradient[index]!);
  return {
    norm: Math.abs(Math.sqrt(squares) - norm) / norm,
    projection: Math.abs(projection - row("grad_projection", p)[0]!) / norm,
    sample: relativeError(samples, row("grad_sample", p), row("grad_sample_floor", p)[0]),
  };
}

it("the recipe gives FORMAT.md's numbers and the case's first values of every parameter", () => {
  expect([mix(0), mix(1), mix(0xdeadbeef)]).toEqual([0, 0x688990c0, 0xe628c683]);
  const example = [0, 1, 2].map((i) => recipeValue(12345, { ordinal: 7, offset: 1, bound: 0.2 }, i));
  expect(example).toEqual([0.8910194635391235, 1.1895561218261719, 1.1171513795852661]);
  parameters.forEach((parameter, p) => {
    expect(firstValues(parameter, 4), parameter.name).toEqual(row("parameter_head", p));
  });
});

it("ResNet-50: logits, loss, all 161 gradients and eval logits agree with PyTorch", async () => {
  const network = resnet50({ classes });
  expect(network.parameters.map(({ name }) => name)).toEqual(parameters.map(({ name }) => name));
  place(gpu, network.variables);
  const tensors = new Map(parameters.map((parameter) => [parameter.name, parameterTensor(parameter)]));
  for (const { name, shape, role } of network.variables) {
    if (role === "statistic") tensors.set(name, statisticTensor(name, shape));
  }
  loadStateDict(gpu, network, tensors, golden.directory);

  const images = toNhwc(golden.float32("images"), golden.shape("images"));
  const errorOf = (name: string, values: ArrayLike<number>): number =>
    relativeError(values, golden.float32(name), golden.floorOf(name));
  const step = await compile(
    gpu,
    { images: float32(...images.shape), labels: int32(images.shape[0]!) },
    ({ images: x, labels }) => {
      const logits = network(x, { mode: "train" });
      const loss = softmaxCrossEntropy(logits, labels);
      const gradients = grad(loss, network.parameters);
      return { loss, logits, ...Object.fromEntries(network.parameters.map(({ name }, p) => [name, gradients[p]!])) };
    },
  );
  const result: Record<string, ArrayLike<number>> = await step.run({
    images: images.data,
    labels: golden.int32("labels"),
  });
  step.release();
  expect(errorOf("logits", result["logits"]!)).toBeLessThanOrEqual(golden.toleranceOf("logits"));
  expect(errorOf("loss", result["loss"]!)).toBeLessThanOrEqual(golden.toleranceOf("loss"));
  network.parameters.forEach(({ name, shape }, p) => {
    const { norm, projection, sample } = gradientErrors(toTorch(result[name] as Float32Array, shape).data, p);
    expect(norm, `norm of ${name}`).toBeLessThanOrEqual(golden.toleranceOf("grad_norm"));
    expect(projection, `projection of ${name}`).toBeLessThanOrEqual(golden.toleranceOf("grad_projection"));
    expect(sample, `samples of ${name}`).toBeLessThanOrEqual(golden.toleranceOf("grad_sample"));
  });

  const evaluate = await compile(gpu, { images: float32(...images.shape) }, ({ images: x }) => ({
    logits: network(x, { mode: "eval" }),
  }));
  const { logits } = await evaluate.run({ images: images.data });
  expect(errorOf("eval_logits", logits)).toBeLessThanOrEqual(golden.toleranceOf("eval_logits"));
});
