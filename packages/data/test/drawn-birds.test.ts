import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeDemoDataset } from "@fledge/drawn-birds";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCub2010 } from "../src/readers/cub2010.ts";
import { readCub2011 } from "../src/readers/cub2011.ts";

const dir = mkdtempSync(join(tmpdir(), "fledge-drawn-"));
let classes: readonly string[];

beforeAll(async () => {
  const counts = { speciesCount: 3, imagesPerSpecies2010: 5, imagesPerSpecies2011: 6 };
  ({ classes } = await makeDemoDataset(dir, { seed: 7, ...counts, overlapShare: 0.4, sideRange: [64, 90] }));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe("the drawn birds", () => {
  it("are CUB-200 (2010) to its reader", () => {
    const dataset = readCub2010(join(dir, "CUB_200_2010"));
    expect(dataset.classes).toEqual(classes);
    expect(dataset.classes[0]).toBe("001.Ember_capped_Finchling");
    expect(dataset.samples).toHaveLength(15);
    for (const sample of dataset.samples) {
      expect(sample.path).toMatch(/^(\d{3})\.([A-Z]\w+)\/\2_\d{4}_\d{9,10}\.jpg$/);
    }
    expect(dataset.samples.filter((sample) => sample.official === "train")).toHaveLength(9);
    expect(dataset.samples.filter((sample) => sample.official === "test")).toHaveLength(6);
  });

  it("are CUB-200-2011 to its reader, boxes and parts inside the images", async () => {
    const root = join(dir, "CUB_200_2011");
    const dataset = readCub2011(root);
    expect(dataset.classes).toEqual(classes);
    expect(dataset.samples).toHaveLength(18);
    expect(dataset.samples.filter((sample) => sample.official === "train")).toHaveLength(9);
    expect(dataset.samples[0]!.path).toMatch(/^001\.Ember_capped_Finchling\/Ember_Capped_Finchling_000\d_\d+\.jpg$/);

    const parts = readFileSync(join(root, "parts/part_locs.txt"), "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split(" "));
    expect(parts).toHaveLength(18 * 15);
    for (const sample of dataset.samples) {
      const { width, height, format } = await sharp(join(root, "images", sample.path)).metadata();
      expect(format).toBe("jpeg");
      const box = sample.box!;
      expect(box.width).toBeGreaterThan(8);
      expect(box.height).toBeGreaterThan(8);
      expect(Math.min(box.x, box.y)).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(width + 0.1);
      expect(box.y + box.height).toBeLessThanOrEqual(height + 0.1);
      const seen = parts.filter(([image, , , , visible]) => image === sample.id && visible === "1");
      expect(seen.length).toBeGreaterThan(3);
      for (const [, , x, y] of seen) {
        expect(Number(x)).toBeLessThanOrEqual(width);
        expect(Number(y)).toBeLessThanOrEqual(height);
      }
    }
  });
});
