import { basename } from "node:path";
import { expect, it } from "vitest";
import { listCases, loadCase } from "../src/index.ts";

it("the stored cases all load, each with the name of its folder", () => {
  const directories = listCases();
  expect(directories).toHaveLength(163);
  for (const directory of directories) expect(loadCase(directory).name).toBe(basename(directory));
});

it("the stored cases are listed by op", () => {
  expect(listCases("image_horizontal_flip").map((directory) => loadCase(directory).op)).toEqual([
    "image_horizontal_flip",
  ]);
});
