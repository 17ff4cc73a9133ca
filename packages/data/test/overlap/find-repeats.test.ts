import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it, test } from "vitest";
import type { Dataset } from "../../src/dataset.ts";
import { findRepeats, type Repeats } from "../../src/overlap/find-repeats.ts";
import { readDataset } from "../../src/readers/read-dataset.ts";
import { temporaryFolder } from "../folders.ts";
import { copyOf, drawScene, kinds } from "./scenes.ts";

/** Writes images by name into a class folder, and reads them as a data set, in the order of their names. */
function datasetOf(root: string, images: Readonly<Record<string, Buffer>>): Dataset {
  for (const [name, image] of Object.entries(images)) {
    mkdirSync(dirname(join(root, "birds", name)), { recursive: true });
    writeFileSync(join(root, "birds", name), image);
  }
  return readDataset(root);
}

const scene = (seed: number): Promise<Buffer> => drawScene({ bird: seed, place: seed, background: seed });

const alone = { workers: 0 } as const;

/** Pairs as names, with what is said of them. */
const named = (datasets: readonly Dataset[], { pairs }: Repeats) =>
  pairs.map(({ first, second, ...said }) => ({
    names: [first, second].map(({ set, index }) => datasets[set]!.samples[index]!.path.split("/").at(-1)!),
    ...said,
  }));

describe("copies are found", () => {
  it.each(kinds)("%s", async (kind) => {
    const seeds = Array.from({ length: 10 }, (_, i) => i + 1);
    const originals: Record<string, Buffer> = {};
    const copies: Record<string, Buffer> = {};
    for (const seed of seeds) {
      originals[`${seed}.png`] = await scene(seed);
      copies[`${seed}.img`] = await copyOf(originals[`${seed}.png`]!, kind, seed);
    }
    const root = temporaryFolder();
    const withEnding = Object.fromEntries(
      Object.entries(copies).map(([name, image]) => [name.replace("img", "jpg"), image]),
    );
    const sets = [datasetOf(join(root, "a"), originals), datasetOf(join(root, "b"), withEnding)];
    const found = named(sets, await findRepeats(sets, alone));
    const right = found.filter(({ names: [a, b] }) => a!.split(".")[0] === b!.split(".")[0]);
    expect(right.map(({ mirrored }) => mirrored)).toEqual(right.map(() => kind.startsWith("mirror")));
    expect(found.length).toBe(right.length);
    // Seeded, so a count and no chance; the row of everything at once may lose one.
    expect(right.length).toBeGreaterThanOrEqual(kind.split("+").length > 3 ? 9 : 10);
  });
});

test("look-alikes are no repeats: the bird elsewhere before the same background, the same bird before another", async () => {
  const images: Record<string, Buffer> = {};
  for (let seed = 1; seed <= 12; seed++) {
    images[`${seed}-a.png`] = await scene(seed);
    images[`${seed}-moved.png`] = await drawScene({ bird: seed, place: seed + 100, background: seed });
    images[`${seed}-other.png`] = await drawScene({ bird: seed, place: seed, background: seed + 100 });
  }
  const dataset = datasetOf(temporaryFolder(), images);
  expect(named([dataset], await findRepeats([dataset], alone))).toEqual([]);
});

test("all repeats of an image are found, not the nearest alone, and make one group; equal bytes are said to be so", async () => {
  const root = temporaryFolder();
  const original = await scene(1);
  const copies = {
    "copy-1.jpg": await copyOf(original, "jpeg", 1),
    "copy-2.jpg": await copyOf(original, "rescale", 1),
  };
  const a = datasetOf(join(root, "a"), { "original.png": original, "other.png": await scene(2) });
  const b = datasetOf(join(root, "b"), { ...copies, "same.png": original, "third.png": await scene(3) });
  const found = await findRepeats([a, b], alone);
  expect(named([a, b], found).map(({ names, sameBytes }) => [...names, sameBytes])).toEqual([
    ["original.png", "copy-1.jpg", false],
    ["original.png", "copy-2.jpg", false],
    ["original.png", "same.png", true],
    ["copy-1.jpg", "copy-2.jpg", false],
    ["copy-1.jpg", "same.png", false],
    ["copy-2.jpg", "same.png", false],
  ]);
  expect(found.groups).toEqual([
    [
      { set: 0, index: 0 },
      { set: 1, index: 0 },
      { set: 1, index: 1 },
      { set: 1, index: 2 },
    ],
  ]);
});

test("threads change nothing, and progress ends with all images and all pairs", async () => {
  const images: Record<string, Buffer> = {};
  for (let seed = 1; seed <= 20; seed++) {
    images[`${seed}.png`] = await scene(seed);
    images[`${seed}.jpg`] = await copyOf(images[`${seed}.png`]!, "crop+jpeg", seed);
  }
  const dataset = datasetOf(temporaryFolder(), images);
  const seen = new Map<string, readonly [number, number]>();
  const onProgress = (stage: string, done: number, total: number): void => void seen.set(stage, [done, total]);
  const found = await findRepeats([dataset], { workers: 2, onProgress });
  expect(found.pairs).toHaveLength(20);
  expect(found).toEqual(await findRepeats([dataset], alone));
  expect([...seen]).toEqual([
    ["images", [40, 40]],
    ["pairs", [780, 780]],
  ]);
});

test("images that cannot be decoded are named and left out", async () => {
  const root = temporaryFolder();
  const dataset = datasetOf(root, { "1.png": await scene(1), "2.png": await scene(1), "3.png": await scene(3) });
  const whole = readFileSync(join(root, "birds", "2.png"));
  writeFileSync(join(root, "birds", "2.png"), whole.subarray(0, whole.length / 2));
  const { pairs, unreadable } = await findRepeats([dataset], alone);
  expect(pairs).toEqual([]);
  expect(unreadable).toEqual([
    [{ path: "birds/2.png", reason: expect.stringMatching(/2\.png: this image cannot be decoded/) as string }],
  ]);
  copyFileSync(join(root, "birds", "1.png"), join(root, "birds", "2.png"));
  expect((await findRepeats([dataset], alone)).pairs).toHaveLength(1);
});

test("pictures without content repeat nothing but their own bytes", async () => {
  const { default: sharp } = await import("sharp");
  const plain = (level: number) =>
    sharp({ create: { width: 60, height: 60, channels: 3, background: { r: level, g: level, b: level } } })
      .png()
      .toBuffer();
  const dataset = datasetOf(temporaryFolder(), {
    "1.png": await plain(40),
    "2.png": await plain(200),
    "3.png": await plain(40),
  });
  expect(named([dataset], await findRepeats([dataset], alone)).map(({ names }) => names)).toEqual([["1.png", "3.png"]]);
});

it("refuses a count of threads that is none", async () => {
  await expect(findRepeats([], { workers: -1 })).rejects.toThrow(/workers must be 0 or more, got -1/);
});
