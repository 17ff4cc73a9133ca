import type { Dataset } from "@fledge/data";
import { expect, it } from "vitest";
import { firstOf, inOwnOrder, takeImages } from "../../src/robustness/test-images.ts";

const samples = Array.from({ length: 20 }, (_, index) => ({ path: `${index}.png`, label: index % 3, id: `${index}` }));
const dataset: Dataset = { name: "birds", root: "/birds", classes: ["a", "b", "c"], samples };

it("takes images in an order that the seed draws, fewer being the first of more", () => {
  const all = takeImages(dataset, null, 1);
  expect([...all.indices].sort((a, b) => a - b)).toEqual([...samples.keys()]);
  expect(all.dataset.samples).toEqual(all.indices.map((index) => samples[index]));
  expect(all.indices).not.toEqual([...samples.keys()]);
  const few = takeImages(dataset, 6, 1);
  expect(few.indices).toEqual(all.indices.slice(0, 6));
  expect(few.dataset.samples).toEqual(all.dataset.samples.slice(0, 6));
  expect(firstOf(all, 6)).toEqual(few);
  expect(firstOf(all, 21)).toEqual(all);
  expect(takeImages(dataset, 6, 2).indices).not.toEqual(few.indices);
  expect(inOwnOrder(all).samples).toEqual(samples);
});
