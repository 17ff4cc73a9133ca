import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { mersenne } from "pure-rand/generator/mersenne";
import { describe, expect, it } from "vitest";
import { seededSplit } from "../src/seeded-split.ts";
import { torchRandperm } from "../src/torch-randperm.ts";

const casesDirectory = join(import.meta.dirname, "../../../test/conformance/cases");
const caseNames = readdirSync(casesDirectory).filter((name) => name.startsWith("seeded_split_"));

/** The I32 tensors of a golden case. @fledge/golden-cases has the full reader, but stands two floors above. */
function readInt32Tensors(name: string): Record<string, Int32Array> {
  const bytes = readFileSync(join(casesDirectory, name, "tensors.safetensors"));
  const dataStart = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString("utf8", 8, dataStart)) as Record<string, { data_offsets: [number, number] }>;
  return Object.fromEntries(
    Object.entries(header).map(
      ([
        part,
        {
          data_offsets: [first, last],
        },
      ]) => [part, new Int32Array(new Uint8Array(bytes.subarray(dataStart + first, dataStart + last)).buffer)],
    ),
  );
}

describe("seededSplit against torch's random_split", () => {
  it("has the stored cases to compare with", () => {
    expect(caseNames.length).toBeGreaterThanOrEqual(14);
  });

  it.each(caseNames)("%s", (name) => {
    const { attributes } = JSON.parse(readFileSync(join(casesDirectory, name, "case.json"), "utf8"));
    const split = seededSplit(attributes);
    expect(split).toEqual(readInt32Tensors(name));
    expect(attributes.parts.map((part: string) => split[part]!.length)).toEqual(attributes.lengths);
  });
});

describe("torchRandperm", () => {
  it("is built on MT19937: the 10000th output for the default seed is the one the C++ standard gives", () => {
    const generator = mersenne(5489);
    for (let i = 0; i < 9999; i += 1) generator.next();
    expect(generator.next() >>> 0).toBe(4123659995);
  });

  it.each([0, 1, 2, 1000])("is a permutation of %i items", (n) => {
    expect([...torchRandperm(n, 3)].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  });

  it("takes the low 32 bits of any seed, as torch does, and refuses what is no whole number", () => {
    // torch.randperm(8, generator=torch.Generator().manual_seed(seed))
    expect([...torchRandperm(8, 2 ** 32 + 5)]).toEqual([3, 6, 0, 2, 1, 4, 5, 7]);
    expect([...torchRandperm(8, 5)]).toEqual([3, 6, 0, 2, 1, 4, 5, 7]);
    expect([...torchRandperm(8, -5)]).toEqual([6, 0, 5, 4, 7, 3, 2, 1]);
    expect([...torchRandperm(8, -1)]).toEqual([3, 6, 4, 7, 2, 1, 5, 0]);
    expect([...torchRandperm(8, 2 ** 40 + 7)]).toEqual([7, 0, 3, 4, 1, 5, 2, 6]);
    expect(() => torchRandperm(-1, 0)).toThrow("n must be an integer");
    for (const seed of [0.5, NaN, 2 ** 53])
      expect(() => torchRandperm(20, seed)).toThrow("the seed must be an integer between");
  });
});

describe("seededSplit", () => {
  const parts = ["train", "val"] as const;
  it.each([
    [{ parts, fractions: {} }, "exactly one part takes the rest, got [train, val]"],
    [{ parts, fractions: { train: 0.5, val: 0.5 } }, "exactly one part takes the rest, got []"],
    [{ parts, fractions: { val: 1.5 } }, 'the fraction of "val" must be in 0 .. 1, got 1.5'],
    [{ parts, fractions: { val: Number.NaN } }, 'the fraction of "val" must be in 0 .. 1, got NaN'],
    [{ parts, fractions: { test: 0.1 } }, 'the fraction "test" names no part'],
    [{ parts: ["a", "b", "b"], fractions: { b: 0.1 } }, "a part is named twice in a,b,b"],
    [{ parts: ["a", "b", "c"], fractions: { b: 0.6, c: 0.6 } }, "the fractions of 10 items sum to more than 1"],
  ])("refuses %j", (options, message) => {
    expect(() => seededSplit<string>({ count: 10, seed: 1, ...options })).toThrow(message);
  });
});
