import { describe, expect, it } from "vitest";
import { resnet18, resnet50 } from "../src/index.ts";

const variablesOf = (seed: number, build = resnet50) =>
  new Map(build({ classes: 200, seed }).variables.map((variable) => [variable.name, variable]));
const first = variablesOf(1);
const values = (name: string, variables = first): Float32Array => variables.get(name)!.initial() as Float32Array;

const meanOf = (x: Float32Array, f = (v: number) => v): number => x.reduce((sum, v) => sum + f(v), 0) / x.length;

describe("convolutions: kaiming_normal_, fan_out, relu", () => {
  // fan_out = OC * KH * KW; in each of these it differs from fan_in = IC * KH * KW.
  it.each([
    ["conv1.weight", resnet50, 64 * 49],
    ["layer1.0.conv3.weight", resnet50, 256],
    ["layer2.0.downsample.0.weight", resnet50, 512],
    ["layer3.1.conv1.weight", resnet50, 256],
    ["layer3.0.conv1.weight", resnet18, 256 * 9],
  ])("%s", (name, build, fanOut) => {
    const weight = values(name, variablesOf(1, build));
    const std = Math.sqrt(2 / fanOut);
    // Five standard errors: of a mean, of a variance, of a fourth moment (3 for a normal) and of a share.
    const bound = 5 / Math.sqrt(weight.length);
    expect(Math.abs(meanOf(weight)) / std).toBeLessThan(bound);
    expect(Math.abs(meanOf(weight, (w) => (w / std) ** 2) - 1)).toBeLessThan(Math.SQRT2 * bound);
    expect(Math.abs(meanOf(weight, (w) => (w / std) ** 4) - 3)).toBeLessThan(Math.sqrt(96) * bound);
    expect(Math.abs(meanOf(weight, (w) => Number(Math.abs(w) < std)) - 0.682689)).toBeLessThan(0.4655 * bound);
  });
});

it.each(["fc.weight", "fc.bias"])("%s: uniform within 1/sqrt(2048)", (name) => {
  const drawn = values(name);
  const bound = 1 / Math.sqrt(2048);
  const error = 5 / Math.sqrt(drawn.length);
  const largest = drawn.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
  expect(largest).toBeLessThanOrEqual(Math.fround(bound));
  expect(largest).toBeGreaterThan(0.95 * bound);
  expect(Math.abs(meanOf(drawn)) / bound).toBeLessThan(0.578 * error);
  expect(Math.abs(meanOf(drawn, (v) => (v / bound) ** 2) - 1 / 3)).toBeLessThan(0.299 * error);
});

it("BatchNorms: weight 1, bias 0, running mean 0, running variance 1", () => {
  const is = (suffix: string, value: number) => {
    const names = [...first.keys()].filter((name) => /bn\d\.|downsample\.1\./.test(name) && name.endsWith(suffix));
    expect(names).toHaveLength(53);
    for (const name of names)
      expect(
        values(name).every((v) => v === value),
        name,
      ).toBe(true);
  };
  is("weight", 1);
  is("bias", 0);
  is("running_mean", 0);
  is("running_var", 1);
});

it.each([
  [resnet18, 8, /^layer\d\.\d\.bn2\.weight$/],
  [resnet50, 16, /^layer\d\.\d\.bn3\.weight$/],
])("zeroInitResidual: the last BatchNorm of each block starts at weight 0, and no other", (build, blocks, last) => {
  const { parameters } = build({ classes: 3, width: 4, zeroInitResidual: true });
  const zero = parameters
    .filter(({ name }) => name.endsWith(".weight"))
    .filter((weight) => weight.initial().every((v) => v === 0));
  expect(zero).toHaveLength(blocks);
  expect(zero.filter(({ name }) => !last.test(name))).toEqual([]);
});

it("is a function of seed and name alone", () => {
  expect(values("layer1.0.conv1.weight", variablesOf(1))).toEqual(values("layer1.0.conv1.weight"));
  expect(values("layer1.0.conv1.weight", variablesOf(2))).not.toEqual(values("layer1.0.conv1.weight"));
  expect(values("layer1.1.conv2.weight")).not.toEqual(values("layer1.2.conv2.weight"));
  expect(values("fc.weight").slice(0, 200)).not.toEqual(values("fc.bias"));
});
