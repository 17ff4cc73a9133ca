import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile, float32, place, readVariables } from "@fledge/autograd";
import { random } from "@fledge/random";
import { readSafetensors, writeSafetensors, type StoredTensor } from "@fledge/safetensors";
import { openTestGpu } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import { loadStateDict, resnet18, resnet50, StateDictError, stateDict, type Network } from "../src/index.ts";
import { torchvisionStateDict } from "./torchvision.ts";

const gpu = await openTestGpu();

function placed(network: Network): Network {
  place(gpu, network.variables);
  return network;
}

/** Logits in eval mode of one seeded batch. */
async function logitsOf(network: Network): Promise<ArrayLike<number>> {
  const draw = random(11, "state dict images");
  const program = await compile(gpu, { images: float32(2, 32, 32, 3) }, ({ images }) => ({
    logits: network(images, { mode: "eval" }),
  }));
  const { logits } = await program.run({ images: Float32Array.from({ length: 2 * 32 * 32 * 3 }, () => draw.normal()) });
  program.release();
  return logits;
}

/** A state_dict with nothing at its initial value. */
async function variedStateDict(network: Network): Promise<Map<string, StoredTensor>> {
  const draw = random(12, "varied weights");
  const tensors = await stateDict(gpu, network, 7);
  for (const [name, { shape, data }] of tensors) {
    if (!(data instanceof Float32Array)) continue;
    const positive = name.endsWith("running_var");
    tensors.set(name, {
      shape,
      data: data.map((value) => (positive ? 0.5 + draw.float() : value + 0.1 * draw.normal())),
    });
  }
  return tensors;
}

describe("stateDict", () => {
  it("has torchvision's names, shapes and types, num_batches_tracked as given", async () => {
    const tensors = await stateDict(gpu, placed(resnet50({ classes: 7, width: 4 })), 41);
    const expected = torchvisionStateDict(4, [3, 4, 6, 3], 7, 4);
    expect(tensors.size).toBe(320);
    expect(new Map([...tensors].map(([name, { shape }]) => [name, shape]))).toEqual(
      new Map(expected.map(({ name, shape }) => [name, shape])),
    );
    for (const [name, { data }] of tensors) {
      expect(data.constructor, name).toBe(name.endsWith("num_batches_tracked") ? BigInt64Array : Float32Array);
    }
    expect(tensors.get("layer3.5.bn2.num_batches_tracked")).toEqual({ shape: [], data: new BigInt64Array([41n]) });
  });

  it("written to a file and read into another network gives the same bits, logits included", async () => {
    const saved = placed(resnet18({ classes: 5, width: 4, seed: 1 }));
    loadStateDict(gpu, saved, await variedStateDict(saved), "memory");
    const other = placed(resnet18({ classes: 5, width: 4, seed: 2 }));
    const logits = await logitsOf(saved);
    expect(await logitsOf(other)).not.toEqual(logits);
    const directory = mkdtempSync(join(tmpdir(), "resnet-"));
    try {
      const file = join(directory, "weights.safetensors");
      await writeSafetensors(file, await stateDict(gpu, saved, 7));
      loadStateDict(gpu, other, (await readSafetensors(file)).tensors, file);
    } finally {
      rmSync(directory, { recursive: true });
    }
    expect(await readVariables(gpu, other.variables)).toEqual(await readVariables(gpu, saved.variables));
    expect(await logitsOf(other)).toEqual(logits);
    expect(Array.from(logits).every(Number.isFinite)).toBe(true);
  });
});

describe("loadStateDict", async () => {
  const network = placed(resnet18({ classes: 5, width: 4 }));
  const good = await stateDict(gpu, network);
  const varied = await variedStateDict(network);
  const load =
    (tensors: ReadonlyMap<string, StoredTensor>, keepHead = false) =>
    () =>
      loadStateDict(gpu, network, tensors, "weights.safetensors", { keepHead });
  const without = (...names: string[]) => new Map([...varied].filter(([name]) => !names.includes(name)));
  const zeros = (...shape: number[]): StoredTensor => ({
    shape,
    data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
  });

  it.each([
    ["a missing parameter", without("layer2.0.conv1.weight"), "missing layer2.0.conv1.weight"],
    ["a missing statistic", without("bn1.running_var"), "missing bn1.running_var"],
    [
      "an unexpected name",
      new Map([...varied, ["layer5.0.conv1.weight", zeros(1)]]),
      "unexpected layer5.0.conv1.weight",
    ],
    [
      "another shape",
      new Map([...varied, ["conv1.weight", zeros(4, 3, 3, 3)]]),
      "conv1.weight is [4,3,3,3], the network has [4,3,7,7]",
    ],
    [
      "the same count in another layout",
      new Map([...varied, ["fc.weight", zeros(32, 5)]]),
      "fc.weight is [32,5], the network has [5,32]",
    ],
    [
      "a rank that no parameter has",
      new Map([...varied, ["fc.bias", zeros(1, 1, 5)]]),
      "fc.bias is [1,1,5], the network has [5]",
    ],
    [
      "whole numbers for floats",
      new Map([...varied, ["fc.bias", { shape: [5], data: new Int32Array(5) }]]),
      "fc.bias holds no floats but int32: save the network's own weights, not quantised ones, with .float()",
    ],
    [
      "a head of other classes",
      new Map([...varied, ["fc.weight", zeros(9, 32)], ["fc.bias", zeros(9)]]),
      "fc.weight is [9,32]",
    ],
  ])("refuses %s, and changes nothing", async (_what, tensors, message) => {
    expect(load(tensors)).toThrow(StateDictError);
    expect(load(tensors)).toThrow(message);
    expect(load(tensors)).toThrow("weights.safetensors does not fit this network");
    expect(await stateDict(gpu, network)).toEqual(good);
  });

  it("lists the first twelve of each kind of problem and counts the others", () => {
    const other = new Map<string, StoredTensor>(Array.from({ length: 14 }, (_, at) => [`model.${at}`, zeros(1)]));
    for (const name of ["bn1.weight", "fc.bias"]) other.set(name, zeros(3));
    const lines =
      /missing conv1\.weight\n(.*\n){11} {2}and \d+ more missing\n {2}unexpected model\.0\n(.*\n){11} {2}and 2 more unexpected\n {2}bn1\.weight is \[3\].*\n {2}fc\.bias is \[3\].*$/;
    expect(load(other)).toThrow(lines);
  });

  it("takes a state_dict without num_batches_tracked, as old files are", async () => {
    const old = new Map([...varied].filter(([name]) => !name.endsWith("num_batches_tracked")));
    load(old)();
    expect((await stateDict(gpu, network)).get("layer1.1.bn2.bias")).toEqual(varied.get("layer1.1.bn2.bias"));
  });

  it("keepHead leaves the head and loads the rest, whatever head the file has", async () => {
    load(good)();
    const otherHead = new Map([...varied, ["fc.weight", zeros(9, 32)], ["fc.bias", zeros(9)]]);
    load(otherHead, true)();
    const after = await stateDict(gpu, network, 7);
    const expected = new Map([...varied, ["fc.weight", good.get("fc.weight")!], ["fc.bias", good.get("fc.bias")!]]);
    expect(after).toEqual(expected);
    load(without("fc.weight", "fc.bias"), true)();
    expect(await stateDict(gpu, network, 7)).toEqual(expected);
    expect(load(without("fc.weight", "fc.bias"))).toThrow("missing fc.weight");
  });

  it("says so where the network has no memory yet", () => {
    const nowhere = resnet18({ classes: 5, width: 4 });
    expect(() => loadStateDict(gpu, nowhere, varied, "weights.safetensors")).toThrow("call place(gpu");
  });
});
