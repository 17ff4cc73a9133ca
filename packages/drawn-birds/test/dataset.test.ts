import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { makeDemoDataset, type DemoDatasetSummary } from "../src/make-demo-dataset.ts";
import type { DemoDatasetOptions } from "../src/options.ts";

const options: DemoDatasetOptions = {
  seed: 7,
  speciesCount: 3,
  imagesPerSpecies2010: 5,
  imagesPerSpecies2011: 6,
  overlapShare: 0.4,
  sideRange: [64, 90],
};
let folder: string;
let dir: string;
let summary: DemoDatasetSummary;
const progress: [number, number][] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "fledge-demo-"));
  dir = join(folder, "demo");
  summary = await makeDemoDataset(dir, { ...options, concurrency: 1, onProgress: (...step) => progress.push(step) });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function hashes(root: string): Record<string, string> {
  const paths = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    paths.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(root.length), createHash("sha256").update(readFileSync(path)).digest("hex")];
    }),
  );
}

/** The images of a set by their paths below the data set's folder. */
function images(set: string): string[] {
  const paths = readdirSync(join(dir, set, "images"), { recursive: true, encoding: "utf8" });
  return paths.filter((path) => path.endsWith(".jpg")).map((path) => `${set}/images/${path.replaceAll("\\", "/")}`);
}

/** The mean colour of each of 8 x 8 fields: near for two encodings of one picture, far for two pictures. */
async function thumbnail(path: string): Promise<number[]> {
  const image = sharp(path).toColourspace("srgb").removeAlpha().raw();
  const {
    data,
    info: { width, height },
  } = await image.toBuffer({ resolveWithObject: true });
  const sums = new Float64Array(8 * 8 * 3);
  const counts = new Float64Array(8 * 8 * 3);
  data.forEach((value, at) => {
    const pixel = Math.floor(at / 3);
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    const field = 3 * (8 * Math.floor((8 * y) / height) + Math.floor((8 * x) / width)) + (at % 3);
    sums[field]! += value;
    counts[field]! += 1;
  });
  return Array.from(sums, (sum, field) => sum / counts[field]!);
}

function distance(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
}

describe("makeDemoDataset", () => {
  it("keeps the sides of fresh images within the range", async () => {
    for (const path of images("CUB_200_2010")) {
      const { width, height } = await sharp(join(dir, path)).metadata();
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(64);
      expect(Math.max(width, height)).toBeLessThanOrEqual(90);
    }
  });

  it("names the true pairs: same picture and class, other bytes, and no pair unnamed", async () => {
    const lines = readFileSync(join(dir, "overlap-truth.csv"), "utf8").trim().split("\n");
    expect(lines.shift()).toBe("path2010,path2011");
    const pairs = new Map(lines.map((line) => line.split(",").reverse() as [string, string]));
    expect(pairs.size).toBe(6); // 0.4 of 15
    expect(summary.overlapPairs).toBe(6);

    const [old, later] = [images("CUB_200_2010"), images("CUB_200_2011")];
    const thumbnails = new Map(
      await Promise.all([...old, ...later].map(async (path) => [path, await thumbnail(join(dir, path))] as const)),
    );
    const apart = (a: string, b: string): number => distance(thumbnails.get(a)!, thumbnails.get(b)!);
    const others = later.flatMap((b) => old.filter((a) => pairs.get(b) !== a).map((a) => apart(a, b)));
    expect(others).toHaveLength(15 * 18 - 6);
    expect(Math.min(...others)).toBeGreaterThan(9);
    for (const [b, a] of pairs) {
      expect(apart(a, b)).toBeLessThan(6);
      expect(a.split("/")[2]).toBe(b.split("/")[2]);
      expect(readFileSync(join(dir, a)).equals(readFileSync(join(dir, b)))).toBe(false);
    }
    for (const path of pairs.values()) expect(old).toContain(path);
  });

  it("says in manifest and READMEs what it is and how it was made", () => {
    const manifest = JSON.parse(readFileSync(join(dir, "manifest.json"), "utf8")) as Record<string, unknown>;
    expect(manifest["statement"]).toContain("drawn by a program");
    expect(manifest["recipe"]).toMatchObject({ seed: 7, speciesCount: 3, overlapShare: 0.4 });
    expect(manifest["counts"]).toEqual({ images2010: 15, images2011: 18, overlapPairs: 6 });
    expect(manifest["versions"]).toEqual({ sharp: sharp.versions.sharp, vips: sharp.versions.vips });
    for (const set of ["CUB_200_2010", "CUB_200_2011"]) {
      expect(readFileSync(join(dir, set, "README"), "utf8")).toContain("drawn by a program");
    }
  });

  it("draws the same birds as ever, to the byte, with the sharp that the lockfile pins", () => {
    const all = createHash("sha256");
    for (const [, hash] of Object.entries(hashes(dir)).sort(([a], [b]) => (a < b ? -1 : 1))) all.update(hash);
    expect(all.digest("hex"), `sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}`).toBe(
      "78dab1ca12568a30cce5228e708a0e58cd4e6efc302dfc043ea8316d9543c46b",
    );
  });

  it("tells its progress image by image", () => {
    expect(progress).toEqual(Array.from({ length: 33 }, (_, i) => [i + 1, 33]));
  });

  it("writes the same bytes whatever the concurrency, and others for another seed", async () => {
    await makeDemoDataset(join(folder, "again"), { ...options, concurrency: 5 });
    expect(hashes(join(folder, "again"))).toEqual(hashes(dir));
    mkdirSync(join(folder, "other")); // an empty folder is taken
    await makeDemoDataset(join(folder, "other"), { ...options, seed: 8 });
    expect(hashes(join(folder, "other"))).not.toEqual(hashes(dir));
  });

  it("refuses a folder that is not empty and a file, and leaves both alone", async () => {
    const before = hashes(dir);
    await expect(makeDemoDataset(dir, options)).rejects.toThrow(`${dir}: the folder is not empty`);
    expect(hashes(dir)).toEqual(before);
    const file = join(folder, "file");
    writeFileSync(file, "mine");
    await expect(makeDemoDataset(file, options)).rejects.toThrow(/file: .*ENOTDIR.*Name a new folder/);
    expect(readFileSync(file, "utf8")).toBe("mine");
  });

  it.each([1, 2, 3, 4, 5, 6])("leaves nothing behind when it is stopped at image %d", async (at) => {
    const before = readdirSync(folder);
    const stop = (done: number): void => {
      if (done === at) throw new Error("stopped by the test");
    };
    const stopped = makeDemoDataset(join(folder, "half"), { ...options, concurrency: 8, onProgress: stop });
    await expect(stopped).rejects.toThrow("stopped");
    expect(existsSync(join(folder, "half"))).toBe(false);
    expect(readdirSync(folder)).toEqual(before);
  });

  it.each([
    [{ seed: -1 }, /seed must be in 0/],
    [{ seed: 0.5 }, /seed must be a whole number/],
    [{ speciesCount: 99 }, /speciesCount must be in 2 \.\. 16, got 99/],
    [{ imagesPerSpecies2010: Number.NaN }, /imagesPerSpecies2010 .* got NaN/],
    [{ overlapShare: 1.1 }, /overlapShare must be in 0 \.\. 1/],
    [{ overlapShare: 1, imagesPerSpecies2010: 9, imagesPerSpecies2011: 3 }, /raise imagesPerSpecies2011/],
    [{ sideRange: [90, 60] }, /the most of sideRange must be in 90/],
    [{ difficulty: { light: 2 } }, /difficulty\.light must be in 0 \.\. 1, got 2/],
    [{ difficulty: { scaleRange: [0.1, 1] } }, /the least of difficulty\.scaleRange/],
    [{ concurrency: 0 }, /concurrency must be in 1/],
  ] as [DemoDatasetOptions, RegExp][])("refuses %j by name", async (bad, message) => {
    await expect(makeDemoDataset(join(folder, "bad"), { ...options, ...bad })).rejects.toThrow(message);
    expect(existsSync(join(folder, "bad"))).toBe(false);
  });
});
