import { expect, test } from "vitest";
import type { Dataset } from "../src/dataset.ts";
import { sampleFile, subset } from "../src/dataset.ts";
import { splitDataset } from "../src/split.ts";

function numbered(count: number): Dataset {
  const samples = Array.from({ length: count }, (_, i) => ({ path: `a/${i}.jpg`, label: 0, id: String(i) }));
  return { name: "numbered", root: "/data", classes: ["a"], samples };
}
const ids = (dataset: Dataset): string[] => dataset.samples.map(({ id }) => id);

// The sizes of the author's logs and the first indices of torch's random_split, seed 42, over 6033 images.
test("70-20-10 of 6033 images is the paper's split", () => {
  const parts = splitDataset(numbered(6033), 42, { validation: 0.1, test: 0.2 });
  expect([parts.train, parts.validation, parts.test].map((part) => part.samples.length)).toEqual([4224, 603, 1206]);
  expect(ids(parts.train).slice(0, 3)).toEqual(["4455", "4884", "4359"]);
  expect(ids(parts.validation).slice(0, 3)).toEqual(["1349", "5560", "3558"]);
  expect(ids(parts.test).slice(0, 3)).toEqual(["1802", "5703", "5823"]);
  const all = [parts.train, parts.validation, parts.test].flatMap(ids);
  expect(new Set(all).size).toBe(6033);
  expect(parts.test.name).toBe("numbered/test");
});

test("70-30 of 11788 images has the sizes of the author's logs", () => {
  const { train, validation } = splitDataset(numbered(11788), 7, { validation: 0.3 });
  expect([train.samples.length, validation.samples.length]).toEqual([8252, 3536]);
});

test("subset keeps the order it is given and refuses an index outside", () => {
  const dataset = numbered(3);
  expect(ids(subset(dataset, [2, 0]))).toEqual(["2", "0"]);
  expect(sampleFile(dataset, dataset.samples[1] as never)).toBe("/data/a/1.jpg");
  expect(() => subset(dataset, [3])).toThrow(/index 3 is outside numbered \(3 samples\)/);
});
