import { elementCount } from "@fledge/runtime";
import { describe, expect, it } from "vitest";
import { resnet, resnet101, resnet152, resnet18, resnet34, resnet50, toTorch } from "../src/index.ts";
import { torchvisionStateDict } from "./torchvision.ts";

/** Parameters for 1000 classes, convolutions (as many BatchNorms) and state_dict keys, as torchvision counts them. */
const models = [
  {
    name: "resnet18",
    build: resnet18,
    expansion: 1,
    blocks: [2, 2, 2, 2],
    parameters: 11_689_512,
    convolutions: 20,
    keys: 122,
  },
  {
    name: "resnet34",
    build: resnet34,
    expansion: 1,
    blocks: [3, 4, 6, 3],
    parameters: 21_797_672,
    convolutions: 36,
    keys: 218,
  },
  {
    name: "resnet50",
    build: resnet50,
    expansion: 4,
    blocks: [3, 4, 6, 3],
    parameters: 25_557_032,
    convolutions: 53,
    keys: 320,
  },
  {
    name: "resnet101",
    build: resnet101,
    expansion: 4,
    blocks: [3, 4, 23, 3],
    parameters: 44_549_160,
    convolutions: 104,
    keys: 626,
  },
  {
    name: "resnet152",
    build: resnet152,
    expansion: 4,
    blocks: [3, 8, 36, 3],
    parameters: 60_192_808,
    convolutions: 155,
    keys: 932,
  },
] as const;

const countOf = (variables: readonly { readonly shape: readonly number[] }[]): number =>
  variables.reduce((sum, { shape }) => sum + elementCount({ shape, dtype: "f32" }), 0);

const shapeInTorch = (shape: readonly number[]): readonly number[] => toTorch(new Float32Array(0), shape).shape;

describe.each(models)("$name", ({ build, expansion, blocks, parameters, convolutions, keys }) => {
  const network = build({ classes: 1000 });

  it("has torchvision's counts", () => {
    expect(countOf(network.parameters)).toBe(parameters);
    expect(network.parameters.filter(({ shape }) => shape.length === 4)).toHaveLength(convolutions);
    expect(network.variables.filter(({ name }) => name.endsWith("running_var"))).toHaveLength(convolutions);
    expect(network.parameters).toHaveLength(3 * convolutions + 2);
    expect(network.variables.length + convolutions).toBe(keys); // num_batches_tracked is no variable.
  });

  it.each([
    { width: 64, classes: 1000 },
    { width: 16, classes: 12 },
  ])("has torchvision's names, shapes and order at width $width", ({ width, classes }) => {
    const expected = torchvisionStateDict(expansion, blocks, classes, width);
    const { parameters: trained, variables } = build({ width, classes });
    const inTorch = (list: typeof variables) => list.map(({ name, shape }) => ({ name, shape: shapeInTorch(shape) }));
    expect(inTorch(trained)).toEqual(expected.filter(({ name }) => /\.(weight|bias)$/.test(name)));
    expect(inTorch(variables.filter(({ role }) => role === "statistic"))).toEqual(
      expected.filter(({ name }) => name.includes("running_")),
    );
    expect(variables.slice(0, trained.length)).toEqual(trained);
  });
});

it("ResNet-50 with a head of 200 classes has 23,917,832 parameters in 161 tensors", () => {
  const { parameters } = resnet50({ classes: 200 });
  expect([countOf(parameters), parameters.length]).toEqual([23_917_832, 161]);
});

describe("a network that cannot be is refused", () => {
  const good = { block: "basic", stemChannels: 8, blocks: [1, 1], planes: [8, 16], classes: 3 } as const;
  it.each([
    [{ classes: 0 }, "classes holds 0"],
    [{ classes: 2.5 }, "classes holds 2.5"],
    [{ stemChannels: -8 }, "stemChannels (width) holds -8"],
    [{ planes: [8, 0] }, "planes holds 0"],
    [{ blocks: [1, NaN] }, "blocks holds NaN"],
    [{ blocks: [0, 1] }, "blocks holds 0"],
    [{ blocks: [1, 1, 1] }, "blocks has 3 stages, planes 2"],
    [{ blocks: [], planes: [] }, "has no stages"],
  ])("%o", (change, message) => {
    expect(() => resnet({ ...good, ...change })).toThrow(message);
  });
});
