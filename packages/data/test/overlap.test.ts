import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeDemoDataset } from "@fledge/drawn-birds";
import { expect, test } from "vitest";
import { findOverlap } from "../src/overlap.ts";
import { readCub2010 } from "../src/readers/cub2010.ts";
import { readCub2011 } from "../src/readers/cub2011.ts";
import { readDataset } from "../src/readers/read-dataset.ts";
import { writeJpeg } from "./folders.ts";

test("finds pictures that were scaled, recompressed and renamed, and files that are the same", async () => {
  const root = join(await mkdtemp(join(tmpdir(), "fledge-overlap-")), "birds");
  await makeDemoDataset(root, {
    speciesCount: 4,
    imagesPerSpecies2010: 10,
    imagesPerSpecies2011: 15,
    overlapShare: 0.5,
  });
  const [old, later] = [readCub2010(join(root, "CUB_200_2010")), readCub2011(join(root, "CUB_200_2011"))];
  const rows = readFileSync(join(root, "overlap-truth.csv"), "utf8").trim().split("\n").slice(1);
  const name = (path: string): string => path.split("/").slice(-2).join("/");
  const truth = new Map(rows.map((row) => row.split(",").map(name) as [string, string]));

  const pairs = await findOverlap(old, later, 5);
  const right = pairs.filter(
    ({ first, second }) => truth.get(name(old.samples[first]!.path)) === name(later.samples[second]!.path),
  );
  expect(truth.size).toBe(20);
  // The birds are seeded, so these are counts, not chances: all but one or two of the repeats, hardly anything else.
  expect(right.length).toBeGreaterThanOrEqual(18);
  expect(pairs.length - right.length).toBeLessThanOrEqual(1);

  copyFileSync(join(old.root, old.samples[0]!.path), join(later.root, later.samples[7]!.path));
  expect((await findOverlap(old, later, 0))[0]).toEqual({ first: 0, second: 7, distance: "same bytes" });
});

test("opens images by the rules of decoding: bears what that bears, and names what it refuses", async () => {
  const root = await mkdtemp(join(tmpdir(), "fledge-overlap-"));
  await writeJpeg(join(root, "a", "1.jpg"), 40, 30, 1);
  await writeJpeg(join(root, "a", "2.jpg"), 40, 30, 2);
  const whole = readFileSync(join(root, "a", "1.jpg"));
  const tables = whole.indexOf(Buffer.from([0xff, 0xdb]));
  const stray = Buffer.from("\x11\x22\x33\x44\x55\x66\x77", "latin1");
  writeFileSync(join(root, "a", "1.jpg"), Buffer.concat([whole.subarray(0, tables), stray, whole.subarray(tables)]));
  const dataset = readDataset(root);
  expect(await findOverlap(dataset, dataset, 0)).toHaveLength(2);
  writeFileSync(join(root, "a", "2.jpg"), whole.subarray(0, whole.length / 2));
  await expect(findOverlap(dataset, dataset, 0)).rejects.toThrow(/2\.jpg: this image cannot be decoded/);
});
