import { baselineDevice, planKernel } from "@fledge/runtime";
import { expect, it } from "vitest";
import { checkPlacement, normaliseImages, type NormaliseShape } from "../src/index.ts";
import { checkNormalise, normaliseFlops } from "../src/shape.ts";
import { imageNet } from "./images.ts";

const shape: NormaliseShape = { N: 2, IH: 20, IW: 30, OH: 16, OW: 24, ...imageNet };

it.each<[Partial<NormaliseShape>, string]>([
  [{ N: 0 }, "N is 0"],
  [{ IW: 2.5 }, "IW is 2.5"],
  [{ OH: NaN }, "OH is NaN"],
  [{ OH: 21 }, "21 x 24, is larger than the images IH x IW, 20 x 30"],
  [{ OW: 31 }, "16 x 31, is larger"],
  [{ N: 3_000_000 }, "pass 4 GiB; lower N"],
  [{ mean: [0.5, NaN, 0.5] }, "mean is [0.5, NaN, 0.5]"],
  [{ std: [1, 0, 1] }, "std is [1, 0, 1]"],
  [{ std: [1, 1] as unknown as [number, number, number] }, "std is [1, 1]"],
])("refuses %o", (change, message) => {
  expect(() => checkNormalise({ ...shape, ...change })).toThrow(message);
});

it("accepts a window as large as its image", () => {
  expect(() => checkNormalise({ ...shape, OH: 20, OW: 30 })).not.toThrow();
});

it("counts a multiply and an add per value", () => {
  expect(normaliseFlops(shape)).toBe(2 * 2 * 16 * 24 * 3);
});

it.each([
  [[0, 0, 0], "placement has 3 numbers"],
  [[0, 0, 0, 5, 0, 0], "placement of image 1: a window of 16 x 24 at top 5, left 0 leaves the image of 20 x 30"],
  [[-1, 0, 0, 0, 0, 0], "placement of image 0: a window of 16 x 24 at top -1, left 0"],
  [[0, 7, 0, 0, 0, 0], "top may be 0 to 4, left 0 to 6"],
  [[0, 0, 0, 0, -1, 0], "top 0, left -1"],
  [[0, 0, 2, 0, 0, 0], "placement of image 0: flip is 2"],
])("refuses the placement %o", (placement, message) => {
  expect(() => checkPlacement(shape, Int32Array.from(placement))).toThrow(message);
});

it("accepts windows in every corner", () => {
  expect(() => checkPlacement(shape, Int32Array.of(0, 6, 1, 4, 0, 0))).not.toThrow();
});

it("takes runs of a row on a CPU, quads on a GPU, and pixels where rows are no whole quads", () => {
  const rungOn = (deviceClass: "software" | "discrete", OW: number): string =>
    planKernel(normaliseImages, { ...shape, OW }, { device: { ...baselineDevice, deviceClass } }).rung.split("/")[1];
  expect([rungOn("software", 24), rungOn("discrete", 24)]).toEqual(["05-run", "04-whole-words"]);
  expect([rungOn("software", 22), rungOn("discrete", 22)]).toEqual(["01-naive", "01-naive"]);
});
