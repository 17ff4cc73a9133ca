import { compile, float32, kernelUses, place, release, uint32, type Tensor } from "@fledge/autograd";
import { openTestGpu } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import { dropPathRates, resnet18, resnet50, type Network } from "../src/index.ts";

const gpu = await openTestGpu();
const N = 4;
const specs = { images: float32(N, 32, 32, 3), keys: uint32(N) };
const pixels = 32 * 32 * 3;
/** One image three times, so that these rows differ by their keys alone, and another, so that the batch has a variance. */
const images = Float32Array.from({ length: N * pixels }, (_, i) =>
  i < 3 * pixels ? Math.sin((i % pixels) ** 2) : Math.cos(i),
);

type Pass = (keys: Tensor) => Parameters<Network>[1];
const withKeys: Pass = (noiseKeys) => ({ mode: "train", noiseKeys });

const narrow = { classes: 3, width: 4, seed: 2 };
const usesOf = (network: Network, pass: Pass) =>
  kernelUses(gpu, [specs, ({ images: given, keys }) => ({ logits: network(given, pass(keys)) })]);
const inWords = (network: Network, pass: Pass) =>
  usesOf(network, pass).map(({ kernel, shape }) => `${kernel.name} ${JSON.stringify(shape)}`);

async function logitsOf(network: Network, pass: Pass, keys: readonly number[]): Promise<number[][]> {
  place(gpu, network.variables);
  const program = await compile(gpu, specs, ({ images: given, keys: k }) => ({ logits: network(given, pass(k)) }));
  const { logits } = await program.run({ images, keys: Uint32Array.from(keys) });
  program.release();
  release(gpu, network.variables);
  return Array.from({ length: N }, (_, row) => Array.from(logits.slice(row * 3, row * 3 + 3)));
}

describe("dropPathRates", () => {
  it("rises through all blocks by the rule", () => {
    const rounded = (rates: number[]) => rates.map((rate) => Number(rate.toFixed(6)));
    expect(rounded(dropPathRates("index_over_count", [1, 3], 0.2))).toEqual([0, 0.05, 0.1, 0.15]);
    expect(rounded(dropPathRates("index_over_last", [2, 1], 0.2))).toEqual([0, 0.1, 0.2]);
    expect(rounded(dropPathRates("one_based", [2, 2], 0.2))).toEqual([0.05, 0.1, 0.15, 0.2]);
    expect(dropPathRates("index_over_last", [1], 0.2)).toEqual([0]);
  });
  it("refuses what is no depth and no rate", () => {
    expect(() => dropPathRates("one_based", [2, 0], 0.2)).toThrow("depths hold 0; give whole numbers from 1");
    expect(() => dropPathRates("one_based", [2], 1.2)).toThrow("rate is 1.2; it must lie between 0 and 1");
  });
});

describe("a network without noise", () => {
  it("is what it was: both rates 0 trace the same program, keys or no keys", () => {
    const none = { dropout: 0, stochasticDepth: { rate: 0, rule: "one_based" } } as const;
    const plain = inWords(resnet18(narrow), () => ({ mode: "train" }));
    expect(resnet18({ ...narrow, ...none }).noised).toBe(false);
    expect(inWords(resnet18({ ...narrow, ...none }), () => ({ mode: "train" }))).toEqual(plain);
    expect(inWords(resnet18({ ...narrow, ...none }), withKeys)).toEqual(plain);
  });
  it("is what a network with noise is in eval mode, and where its noise is left out", () => {
    const noised = resnet18({ ...narrow, dropout: 0.5, stochasticDepth: { rate: 0.5, rule: "one_based" } });
    for (const mode of ["train", "eval"] as const)
      expect(inWords(noised, () => ({ mode, noiseKeys: null }))).toEqual(inWords(resnet18(narrow), () => ({ mode })));
    expect(inWords(noised, (noiseKeys) => ({ mode: "eval", noiseKeys }))).toEqual(
      inWords(resnet18(narrow), () => ({ mode: "eval" })),
    );
  });
});

describe("stochastic depth", () => {
  it("drops in blocks whose skip is the identity, at rates counted through all blocks", () => {
    const network = resnet50({ ...narrow, stochasticDepth: { rate: 0.2, rule: "one_based" } });
    const uses = usesOf(network, withKeys);
    const shapes = (name: string) => uses.filter(({ kernel }) => kernel.name === name).map(({ shape }) => shape);
    // The first block of each stage has a downsample.
    const blocks = [1, 2, 4, 5, 6, 8, 9, 10, 11, 12, 14, 15];
    const rates = blocks.map((i) => (0.2 * (i + 1)) / 16);
    const survivals = (shapes("drop-path-forward") as { survival: number; relu: boolean }[]).map((s) => s.survival);
    expect(survivals.map((survival) => survival.toFixed(9))).toEqual(rates.map((rate) => (1 - rate).toFixed(9)));
    const masks = shapes("keep-mask") as { rate: number; layer: number; C: number }[];
    expect(masks.map(({ rate }) => rate.toFixed(9))).toEqual(rates.map((rate) => rate.toFixed(9)));
    expect(masks.map(({ layer }) => layer)).toEqual(blocks.map((i) => i + 1));
    expect(masks.every(({ C }) => C === 1)).toBe(true);
  });

  it("leaves images of equal keys alike, and others not", async () => {
    const network = resnet18({ ...narrow, stochasticDepth: { rate: 0.9, rule: "one_based" } });
    const [first, other, again] = await logitsOf(network, withKeys, [7, 8, 7, 9]);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });
});

describe("dropout", () => {
  it("drops features before the classifier, by each image's key", async () => {
    const network = resnet18({ ...narrow, dropout: 0.5 });
    const uses = usesOf(network, withKeys).map(({ kernel, shape }) => [kernel.name, shape]);
    expect(uses.filter(([name]) => /drop|mask/.test(name as string))).toEqual([
      ["dropout-drawn", { N, C: 32, rate: 0.5, layer: 0 }],
    ]);
    expect(uses.at(-1)![0]).toBe("linear-forward");
    const [first, other, again] = await logitsOf(network, withKeys, [7, 8, 7, 9]);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    const [plain] = await logitsOf(network, () => ({ mode: "train", noiseKeys: null }), [7, 8, 7, 9]);
    expect(first).not.toEqual(plain);
  });
});

it("asks for keys in train mode, or to be told that there are none", () => {
  const network = resnet18({ ...narrow, dropout: 0.1 });
  expect(network.noised).toBe(true);
  expect(() => usesOf(network, () => ({ mode: "train" }))).toThrow("in train mode give noiseKeys, u32 [N], or null");
  expect(() => usesOf(network, () => ({ mode: "eval" }))).not.toThrow();
});

it.each([
  [{ dropout: 1 }, "resnet: dropout is 1; give a share from 0 to below 1"],
  [{ dropout: -0.1 }, "resnet: dropout is -0.1"],
  [{ stochasticDepth: { rate: NaN, rule: "one_based" } }, "resnet: stochasticDepth.rate is NaN"],
] as const)("refuses %j", (noise, message) => {
  expect(() => resnet18({ ...narrow, ...noise })).toThrow(message);
});
