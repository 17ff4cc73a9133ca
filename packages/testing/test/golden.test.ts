import { describe, expect, it } from "vitest";
import { listCases, loadCase, relativeError } from "../src/golden.ts";

describe("the stored cases", () => {
  it("all load, each with the name of its folder", () => {
    const directories = listCases();
    expect(directories.length).toBeGreaterThan(100);
    for (const directory of directories) expect(directory.endsWith(`/${loadCase(directory).name}`)).toBe(true);
  });

  it("are listed by op", () => {
    const [flip, ...others] = listCases("image_horizontal_flip");
    expect(others).toEqual([]);
    const flipCase = loadCase(flip!);
    expect(flipCase.shape("image")).toEqual([18, 31, 3]);
    expect(flipCase.uint8("image")).toHaveLength(18 * 31 * 3);
    expect(() => flipCase.float32("image")).toThrow("tensor image is not a Float32Array");
    expect(() => flipCase.shape("picture")).toThrow("no tensor picture is stored");
  });

  it("give every tensor its own tolerance and floor", () => {
    const network = loadCase(listCases("resnet_bottleneck_train")[0]!);
    expect(network.toleranceOf("losses")).toBe(3e-3); // by name
    expect(network.toleranceOf("grad/fc.weight")).toBe(2e-3); // by prefix
    expect(network.toleranceOf("anything else")).toBe(1e-3);
    expect(network.floorOf("loss")).toBe(1e-12);
    expect(loadCase(listCases("softmax_cross_entropy")[0]!).floorOf("loss")).toBe(0.1);
  });
});

describe("relativeError", () => {
  it("divides the norm of the difference by the norm of the reference", () => {
    expect(relativeError([3, 4.5], [3, 4])).toBeCloseTo(0.1, 12);
    expect(relativeError([0, 1], [0, 0], 10)).toBeCloseTo(0.1, 12);
  });

  it("is NaN when a value is, so that `!(error <= tolerance)` fails it", () => {
    expect(relativeError([Number.NaN, 1], [1, 1])).toBeNaN();
  });

  it("refuses tensors of different lengths", () => {
    expect(() => relativeError([1], [1, 2])).toThrow("1 values were given, 2 are expected");
  });
});
