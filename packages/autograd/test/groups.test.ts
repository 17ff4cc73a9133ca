// Groups of parameters and weight averages: what an optimiser does beyond one rule for all.
import { random } from "@fledge/random";
import { elementCount } from "@fledge/runtime";
import { openTestGpu } from "@fledge/testing";
import { expect, it } from "vitest";
import {
  batchOf,
  compile,
  float32,
  grad,
  int32,
  kernelUses,
  linear,
  place,
  readVariables,
  relu,
  Sgd,
  softmaxCrossEntropy,
  Variable,
  WeightAverage,
  writeVariables,
  type ParameterGroup,
  type Tensor,
} from "../src/index.ts";
import { distance } from "./layers.ts";

const gpu = await openTestGpu();
const features = 7;
const images = 10;
const x = Float32Array.from({ length: images * features }, (_, i) => Math.sin(i));
const labels = Int32Array.from({ length: images }, (_, i) => (i * i) % 5);
const rule = { momentum: 0.9, weightDecay: 0.05, nesterov: true };
const rates = [0.5, 0.1, 0.2];
const weights = [1, 0.25, 0.01];

/** A parameter with seeded contents. */
function parameter(name: string, ...shape: number[]): Variable {
  const draw = random(9, name);
  const contents = Float32Array.from({ length: elementCount(float32(...shape)) }, () => 0.5 * draw.normal());
  return new Variable(name, float32(...shape), "parameter", () => contents);
}

interface Options {
  readonly groupsOf?: (parameters: readonly Variable[]) => ParameterGroup[];
  readonly averaged?: boolean;
  readonly atOnce?: number;
}

/** Two layers with equal contents in every call; the state after each of three steps. */
async function threeSteps({ groupsOf, averaged = false, atOnce = images }: Options) {
  const first = [parameter("first.weight", features, 33), parameter("first.bias", 33)] as const;
  const second = [parameter("second.weight", 33, 5), parameter("second.bias", 5)] as const;
  const parameters = [...first, ...second];
  place(gpu, parameters);
  const average = averaged ? new WeightAverage(parameters) : undefined;
  const sgd = new Sgd(parameters, rule, { average, ...(groupsOf ? { groups: groupsOf(parameters) } : {}) });
  place(gpu, sgd.variables);
  const inputs = {
    x: batchOf(images, float32(features)),
    labels: batchOf(images, int32()),
    learningRate: float32(),
    averageWeight: float32(),
  };
  const step = await compile(
    gpu,
    inputs,
    (given) => {
      const loss = softmaxCrossEntropy(linear(relu(linear(given.x, ...first)), ...second), given.labels);
      sgd.update(grad(loss, parameters), given);
      return { loss };
    },
    { atOnce },
  );
  const states = [];
  for (const [i, learningRate] of rates.entries()) {
    await step.run({ x, labels, learningRate, averageWeight: weights[i]! });
    states.push(await readVariables(gpu, [...parameters, ...sgd.variables]));
  }
  return { states, step, sgd, average, parameters };
}

/** Biases are spared the decay and move at a multiple of the rate: two groups whose tensors lie between one another. */
const byShape = (multiplier: number) => (parameters: readonly Variable[]) => [
  { parameters: parameters.filter(({ shape }) => shape.length > 1) },
  { parameters: parameters.filter(({ shape }) => shape.length === 1), weightDecay: 0, rateMultiplier: multiplier },
];

const kernelsOf = ({ step }: Awaited<ReturnType<typeof threeSteps>>, kernel: string) =>
  step.kernels.filter(({ plan }) => plan.kernel === kernel);

it("one group for all is the plain optimiser, kernel for kernel and bit for bit", async () => {
  const plain = await threeSteps({});
  const grouped = await threeSteps({ groupsOf: (parameters) => [{ parameters }, { parameters: [] }] });
  expect(grouped.states).toEqual(plain.states);
  expect(grouped.step.explain().kernels).toEqual(plain.step.explain().kernels);
  expect(kernelsOf(plain, "sgd-update")).toHaveLength(1);
  expect(kernelsOf(plain, "sgd-scale-rate")).toHaveLength(0);
});

it("a group has its own decay and its own multiple of the rate, which the buffer never sees", async () => {
  const plain = await threeSteps({});
  const grouped = await threeSteps({ groupsOf: byShape(3) });
  const [before, after] = [plain.states[0]!, grouped.states[0]!];
  const bias = new Map((await threeSteps({ groupsOf: byShape(0) })).states[0]);
  for (const name of ["first.weight", "second.weight"]) expect(after.get(name)).toEqual(before.get(name));
  for (const name of ["first.bias", "second.bias"]) {
    // With a rate of 0 the bias stays where it began; the gradient g moves it by rate * multiplier * (g + momentum * g).
    const [start, buffer] = [bias.get(name)!, after.get(`momentum.${name}`)!];
    expect(buffer).toEqual(bias.get(`momentum.${name}`));
    const expected = Float32Array.from(start, (value, i) => value - 3 * rates[0]! * 1.9 * buffer[i]!);
    expect(distance(after.get(name)!, expected)).toBeLessThanOrEqual(1e-6);
    // Decay would have been in the buffer.
    const decayed = Float32Array.from(start, (value, i) => buffer[i]! + rule.weightDecay * value);
    expect(distance(before.get(`momentum.${name}`)!, decayed)).toBeLessThanOrEqual(1e-5);
  }
  expect(kernelsOf(grouped, "sgd-scale-rate")).toHaveLength(1);
  expect(kernelsOf(grouped, "sgd-update")).toHaveLength(4); // No two tensors of a group lie beside one another.
});

it("an average moves with every update, after the parameters", async () => {
  const { states } = await threeSteps({ averaged: true });
  let expected = states[0]!;
  for (const [i, state] of states.entries()) {
    const name = (parameter: string) => (i === 0 ? parameter : `average.${parameter}`);
    for (const parameter of ["first.weight", "second.bias"]) {
      const [before, after] = [expected.get(name(parameter))!, state.get(parameter)!];
      const moved = Float32Array.from(after, (value, j) => (1 - weights[i]!) * before[j]! + weights[i]! * value);
      expect(distance(state.get(`average.${parameter}`)!, moved)).toBeLessThanOrEqual(1e-6);
    }
    expected = state;
  }
  // Averaging changes nothing else.
  const plain = await threeSteps({});
  for (const [name, values] of plain.states[2]!) expect(states[2]!.get(name), name).toEqual(values);
});

it.each([5, 4, 3])("in parts of at most %i images all of it happens once a batch", async (atOnce) => {
  const options = { groupsOf: byShape(3), averaged: true };
  const [whole, parts] = [await threeSteps(options), await threeSteps({ ...options, atOnce })];
  // Sums of 10 products in another order, three times.
  for (const [name, values] of parts.states[2]!)
    expect(distance(values, whole.states[2]!.get(name)!), name).toBeLessThanOrEqual(1e-5);
  expect(parts.states[2]!.get("step_count")).toEqual(Uint32Array.of(3));
});

it("averages start where the values are, and change places with them and back", async () => {
  const { average, parameters } = await threeSteps({ averaged: true });
  const ofAverages = () => readVariables(gpu, average!.averages);
  await average!.swap(gpu);
  const swapped = [await readVariables(gpu, parameters), await ofAverages()] as const;
  await average!.swap(gpu);
  const back = [await readVariables(gpu, parameters), await ofAverages()] as const;
  for (const { name } of parameters) {
    expect(swapped[0].get(name)).toEqual(back[1].get(`average.${name}`));
    expect(swapped[1].get(`average.${name}`)).toEqual(back[0].get(name));
    expect(swapped[0].get(name)).not.toEqual(back[0].get(name));
  }
  const loaded = new Map(
    [...back[0]].map(([name, values]) => [name, (values as Float32Array).map((value) => 2 * value)]),
  );
  writeVariables(gpu, parameters, loaded as (typeof back)[0]);
  await average!.start(gpu);
  for (const [name, values] of await ofAverages()) expect(values).toEqual(loaded.get(name.replace("average.", "")));
});

it("kernelUses lists the same before anything is placed, where it is told what will be placed together", async () => {
  const weights = [parameter("a", 40, 8), parameter("b", 8), parameter("c", 8, 5)];
  const sgd = new Sgd(weights, rule, { groups: byShape(3)(weights), average: new WeightAverage(weights) });
  const inputs = {
    x: batchOf(images, float32(40)),
    labels: batchOf(images, int32()),
    learningRate: float32(),
    averageWeight: float32(),
  };
  const [a, b, c] = weights as [Variable, Variable, Variable];
  const none = new Variable("none", float32(5), "statistic", () => new Float32Array(5));
  const body = (given: Record<keyof typeof inputs, Tensor>) => {
    const loss = softmaxCrossEntropy(linear(relu(linear(given.x, a, b)), c, none), given.labels);
    sgd.update(grad(loss, weights), given);
    return { loss };
  };
  const listed = kernelUses(gpu, [inputs, body], {}, [weights, sgd.variables]);
  for (const together of [weights, sgd.variables, [none]]) place(gpu, together);
  const { kernels } = await compile(gpu, inputs, body);
  const flat = kernels.filter(({ plan }) => /sgd-(update|average)/.test(plan.kernel));
  const counts = flat.map(({ plan }) => [plan.kernel, Object.values(plan.tensors)[0]!.shape]);
  expect(counts.map(([kernel]) => kernel)).toEqual(["sgd-update", "sgd-update", "sgd-update", "sgd-average"]);
  const predicted = listed.filter(({ kernel }) => /sgd-(update|average)/.test(kernel.name));
  expect(predicted.map(({ kernel, shape }) => [kernel.name, Object.values(kernel.tensors(shape))[0]!.shape])).toEqual(
    counts,
  );
});

it("names what is wrong with groups, and an average's missing weight", async () => {
  const misgrouped = (groupsOf: Options["groupsOf"]) => threeSteps({ groupsOf: groupsOf! });
  await expect(misgrouped(([one]) => [{ parameters: [one!] }])).rejects.toThrow('"first.bias" is in none');
  await expect(misgrouped((all) => [{ parameters: all }, { parameters: [all[0]!] }])).rejects.toThrow(
    '"first.weight" is in two',
  );
  const other = parameter("other", 3);
  place(gpu, [other]);
  await expect(misgrouped((all) => [{ parameters: [...all, other] }])).rejects.toThrow('"other" is no parameter');
  const sgd = new Sgd([other], rule, { average: new WeightAverage([other]) });
  place(gpu, sgd.variables);
  const body = ({ g, learningRate }: Record<"g" | "learningRate", Tensor>) => {
    sgd.update([g], { learningRate });
    return {};
  };
  await expect(compile(gpu, { g: float32(3), learningRate: float32() }, body)).rejects.toThrow(
    "averageWeight is missing",
  );
});
