import type { StoredTensor } from "@fledge/safetensors";
import { describe, expect, it } from "vitest";
import { onnxOf, onnxText } from "../src/index.ts";
import { resnetGraph } from "../src/resnet-graph.ts";

const floats = (...shape: number[]): StoredTensor => ({
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
});

const norm = (name: string, channels: number): [string, StoredTensor][] =>
  ["weight", "bias", "running_mean", "running_var"].map((part) => [`${name}.${part}`, floats(channels)]);

/** A residual network of two stages with a block each: the second one strided, with a downsample. */
const basic = new Map<string, StoredTensor>([
  ["conv1.weight", floats(2, 3, 7, 7)],
  ...norm("bn1", 2),
  ["layer1.0.conv1.weight", floats(2, 2, 3, 3)],
  ...norm("layer1.0.bn1", 2),
  ["layer1.0.conv2.weight", floats(2, 2, 3, 3)],
  ...norm("layer1.0.bn2", 2),
  ["layer2.0.conv1.weight", floats(4, 2, 3, 3)],
  ...norm("layer2.0.bn1", 4),
  ["layer2.0.conv2.weight", floats(4, 4, 3, 3)],
  ...norm("layer2.0.bn2", 4),
  ["layer2.0.downsample.0.weight", floats(4, 2, 1, 1)],
  ...norm("layer2.0.downsample.1", 4),
  ["fc.weight", floats(5, 4)],
  ["fc.bias", floats(5)],
]);

const withThird = new Map([
  ...basic,
  ["layer2.0.conv3.weight", floats(4, 4, 1, 1)] as const,
  ...norm("layer2.0.bn3", 4),
]);

const strideOf = (tensors: ReadonlyMap<string, StoredTensor>, name: string): readonly number[] | undefined =>
  resnetGraph(tensors)
    .nodes.find((node) => node.name === name)
    ?.attribute.find((one) => one.name === "strides")?.ints;

describe("the graph", () => {
  it("strides the first convolution of a basic block, the 3x3 of a bottleneck, and the downsample", () => {
    expect(strideOf(basic, "layer1.0.conv1")).toEqual([1, 1]);
    expect(strideOf(basic, "layer2.0.conv1")).toEqual([2, 2]);
    expect(strideOf(basic, "layer2.0.conv2")).toEqual([1, 1]);
    expect(strideOf(basic, "layer2.0.downsample.0")).toEqual([2, 2]);
    expect(strideOf(withThird, "layer2.0.conv1")).toEqual([1, 1]);
    expect(strideOf(withThird, "layer2.0.conv2")).toEqual([2, 2]);
    expect(strideOf(withThird, "layer2.0.conv3")).toEqual([1, 1]);
  });

  it("reads every tensor once, and nothing but the images and tensors", () => {
    const inputs = resnetGraph(basic).inputs;
    expect([...inputs].sort()).toEqual(["images", ...basic.keys()].sort());
  });
});

describe("the file", () => {
  it("carries its text", () => {
    const text = { classes: '["Möwe"]', empty: "" };
    expect(onnxText(onnxOf(basic, { imageSize: 32, metadata: text }))).toEqual(text);
  });

  it.each(["conv1.weight", "layer1.0.bn1.bias", "fc.weight", "fc.bias"])("names %s where it is missing", (name) => {
    const without = new Map([...basic].filter(([key]) => key !== name));
    expect(() => onnxOf(without, { imageSize: 32 })).toThrow(name);
  });
});
