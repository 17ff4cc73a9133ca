import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readGoldenTensors } from "../src/golden-tensors.ts";
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

describe("a tensor file", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "golden-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** Writes a file with this header and `dataBytes` zero bytes, and reads it back. */
  function read(header: object, dataBytes: number) {
    const json = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    const file = join(directory, "tensors.safetensors");
    writeFileSync(file, Buffer.concat([length, json, Buffer.alloc(dataBytes)]));
    return readGoldenTensors(file);
  }

  it("may hold scalars and empty tensors", () => {
    const tensors = read(
      { empty: { dtype: "I32", shape: [0], data_offsets: [0, 0] }, one: { dtype: "F32", shape: [], data_offsets: [0, 4] } },
      4,
    );
    expect(tensors.get("one")).toEqual({ shape: [], data: new Float32Array(1) });
    expect(tensors.get("empty")).toEqual({ shape: [0], data: new Int32Array(0) });
  });

  it.each([
    ["an unknown type", { a: { dtype: "F64", shape: [1], data_offsets: [0, 8] } }, 8, "unknown type F64"],
    ["a hole", { a: { dtype: "U8", shape: [1], data_offsets: [1, 2] } }, 2, "begins at 1, expected 0"],
    ["too few bytes for its shape", { a: { dtype: "F32", shape: [2], data_offsets: [0, 4] } }, 4, "holds 4 bytes"],
    ["bytes at its end", { a: { dtype: "U8", shape: [1], data_offsets: [0, 1] } }, 3, "2 bytes follow"],
  ])("with %s is refused by name", (_what, header, dataBytes, message) => {
    expect(() => read(header, dataBytes)).toThrow(message);
    expect(() => read(header, dataBytes)).toThrow("tensors.safetensors");
  });
});
