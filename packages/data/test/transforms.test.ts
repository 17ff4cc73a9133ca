import { random } from "@fledge/random";
import { describe, expect, it } from "vitest";
import { filledImage, rgbImage } from "../src/image.ts";
import { crop } from "../src/transforms/crop.ts";
import { horizontalFlip } from "../src/transforms/horizontal-flip.ts";
import { normalise } from "../src/transforms/normalise.ts";
import { resizeCenterCrop } from "../src/transforms/resize-center-crop.ts";
import { resize } from "../src/transforms/resize.ts";
import { randomResizedCropBox } from "../src/transforms/resized-crop.ts";
import type { RandomResizedCropOptions } from "../src/transforms/resized-crop.ts";
import { roundHalfEven } from "../src/transforms/rounding.ts";

const numbered = (width: number, height: number) =>
  rgbImage(
    width,
    height,
    Uint8Array.from({ length: width * height * 3 }, (_, i) => i % 256),
  );

describe("rgbImage", () => {
  it("is black without data and wraps the data it is given", () => {
    expect([...rgbImage(1, 2).data]).toEqual([0, 0, 0, 0, 0, 0]);
    const data = new Uint8Array(6);
    expect(rgbImage(2, 1, data).data).toBe(data);
    expect([...filledImage(2, 1, [1, 2, 3]).data]).toEqual([1, 2, 3, 1, 2, 3]);
    expect([...filledImage(1, 1, [9, 9, 9]).data]).toEqual([9, 9, 9]);
  });

  it("refuses empty sides and data of another size", () => {
    expect(() => rgbImage(0, 1)).toThrow("got 0 x 1");
    expect(() => rgbImage(1.5, 1)).toThrow("got 1.5 x 1");
    expect(() => rgbImage(2, 1, new Uint8Array(5))).toThrow("an RGB image of 2 x 1 has 6 bytes, got 5");
  });
});

describe("resize", () => {
  it("leaves an image of the same size alone", () => {
    const image = numbered(5, 4);
    expect(resize(image, 5, 4)).toBe(image);
  });

  it.each([
    [1, 1],
    [1, 50],
    [64, 3],
    [224, 224],
  ])("keeps a flat image flat at %i x %i", (width, height) => {
    for (const value of [0, 1, 127, 255]) {
      const out = resize(filledImage(37, 23, [value, value, value]), width, height);
      expect(out.data.every((v) => v === value)).toBe(true);
    }
  });

  it("averages when it shrinks, so that no pixel is skipped", () => {
    const stripes = rgbImage(
      8,
      1,
      Uint8Array.from({ length: 24 }, (_, i) => (Math.floor(i / 3) % 2) * 200),
    );
    expect([...resize(stripes, 1, 1).data]).toEqual([100, 100, 100]);
  });

  it("interpolates when it enlarges", () => {
    const pair = rgbImage(2, 1, Uint8Array.of(0, 0, 0, 100, 100, 100));
    expect([...resize(pair, 4, 1).data].filter((_, i) => i % 3 === 0)).toEqual([0, 25, 75, 100]);
  });

  it("computes a box of the resized image as it stands in the whole", () => {
    const image = numbered(23, 17);
    for (const [width, height] of [
      [40, 31],
      [9, 50],
      [7, 5],
      [23, 31],
      [40, 17],
      [23, 17],
    ] as const) {
      const box = { top: 2, left: 3, width: 4, height: 3 };
      expect(resize(image, width, height, box)).toEqual(crop(resize(image, width, height), box));
      expect(() => resize(image, width, height, { ...box, left: width - 3 })).toThrow(RangeError);
    }
  });

  it("needs no more than the box of an image with a side of millions", () => {
    const line = filledImage(65_000, 1, [120, 90, 60]);
    const out = resizeCenterCrop(line, 256, 224);
    expect([out.width, out.height, ...out.data.subarray(0, 3)]).toEqual([224, 224, 120, 90, 60]);
    expect(resizeCenterCrop(filledImage(1, 2 ** 24, [1, 2, 3]), 256, 224).data).toHaveLength(224 * 224 * 3);
  });

  it("refuses sizes that are no sizes", () => {
    expect(() => resize(numbered(2, 2), 0, 2)).toThrow(RangeError);
    expect(() => resize(numbered(2, 2), 2, 2.5)).toThrow(RangeError);
  });
});

describe("crop", () => {
  it("takes the pixels of the box", () => {
    const out = crop(numbered(4, 3), { top: 1, left: 2, height: 2, width: 1 });
    expect([...out.data]).toEqual([18, 19, 20, 30, 31, 32]);
  });

  it.each([
    { top: 0, left: 0, height: 4, width: 1 },
    { top: -1, left: 0, height: 1, width: 1 },
    { top: 0, left: 3, height: 1, width: 2 },
    { top: 0.5, left: 0, height: 1, width: 1 },
    { top: 0, left: 0, height: 0, width: 1 },
    { top: Number.NaN, left: 0, height: 1, width: 1 },
  ])("refuses %j of a 4 x 3 image", (box) => {
    expect(() => crop(numbered(4, 3), box)).toThrow(RangeError);
  });
});

describe("resizeCenterCrop", () => {
  it("rounds the offset half to even and truncates the longer side", () => {
    // 4 x 3 becomes 5 x 4 (4 * 4 / 3 = 5.33), of which a crop of 3 starts at round(1) = 1 and round(0.5) = 0.
    const image = numbered(4, 3);
    const out = resizeCenterCrop(image, 4, 3);
    expect(out).toEqual(crop(resize(image, 5, 4), { top: 0, left: 1, height: 3, width: 3 }));
  });

  it("refuses a crop beyond the shorter side", () => {
    expect(() => resizeCenterCrop(numbered(4, 3), 2, 3)).toThrow("a crop of 3 does not fit a shorter side of 2");
  });
});

it("horizontalFlip mirrors rows and is its own inverse", () => {
  const image = numbered(3, 2);
  expect([...horizontalFlip(image).data.subarray(0, 9)]).toEqual([6, 7, 8, 3, 4, 5, 0, 1, 2]);
  expect(horizontalFlip(horizontalFlip(image))).toEqual(image);
});

it("normalise puts channels first", () => {
  const image = rgbImage(2, 1, Uint8Array.of(0, 51, 102, 255, 204, 153));
  const out = normalise(image, { mean: [0, 0.2, 0.5], std: [1, 0.5, 0.1] });
  const expected = [0, 1, 0, 1.2, -1, 1];
  expect(out).toHaveLength(6);
  expected.forEach((value, i) => expect(out[i]).toBeCloseTo(value, 5));
});

it.each([
  [0.5, 0],
  [1.5, 2],
  [2.5, 2],
  [2.4999, 2],
  [2.5001, 3],
  [-0.5, 0],
  [-1.5, -2],
])("roundHalfEven(%d) is %d", (value, rounded) => {
  expect(roundHalfEven(value) + 0).toBe(rounded);
});

describe("randomResizedCropBox", () => {
  const boxes = (count: number, width: number, height: number, options?: RandomResizedCropOptions) => {
    const stream = random(11, "crop", width, height);
    return Array.from({ length: count }, () => randomResizedCropBox(stream, width, height, options));
  };

  it.each([
    [1, 1],
    [1, 100],
    [100, 1],
    [2, 2],
    [64, 64],
    [500, 333],
  ])("stays inside an image of %i x %i", (width, height) => {
    const image = rgbImage(width, height);
    for (const box of boxes(500, width, height)) crop(image, box); // throws if the box leaves the image
    expect(boxes(500, width, height).every((box) => box.width >= 1 && box.height >= 1)).toBe(true);
  });

  it("draws area and log ratio uniformly where every box fits", () => {
    // At most half the area, at a ratio up to 4/3, fits a square at once; large sides make the rounding negligible.
    const side = 30_000;
    const areas = Array.from({ length: 10 }, () => 0);
    const ratios = Array.from({ length: 10 }, () => 0);
    const count = 10_000;
    for (const { width, height } of boxes(count, side, side, { scale: [0.1, 0.5] })) {
      const area = ((width * height) / side ** 2 - 0.1) / 0.4;
      const ratio = Math.log((width / height) * (4 / 3)) / (2 * Math.log(4 / 3));
      areas[Math.min(Math.max(Math.floor(area * 10), 0), 9)]! += 1;
      ratios[Math.min(Math.max(Math.floor(ratio * 10), 0), 9)]! += 1;
    }
    const chiSquare = (counts: number[]) => counts.reduce((sum, n) => sum + (n - count / 10) ** 2 / (count / 10), 0);
    expect(chiSquare(areas)).toBeLessThan(27.9); // 9 degrees of freedom, p = 0.001
    expect(chiSquare(ratios)).toBeLessThan(27.9);
  });

  it("places the box uniformly, both ends included", () => {
    const options = { scale: [0.25, 0.25], ratio: [1, 1] } as const; // always 2 x 2 of 4 x 4
    const counts = new Map<string, number>();
    for (const { top, left, height, width } of boxes(9000, 4, 4, options)) {
      expect([height, width]).toEqual([2, 2]);
      counts.set(`${top},${left}`, (counts.get(`${top},${left}`) ?? 0) + 1);
    }
    expect(counts.size).toBe(9);
    const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(26.1); // 8 degrees of freedom, p = 0.001
  });

  it("falls back to the largest centred box of an allowed ratio", () => {
    const whole = { scale: [1, 1] } as const; // never fits at a ratio other than the image's
    expect(boxes(1, 400, 100, whole)[0]).toEqual({ top: 0, left: 133, height: 100, width: 133 });
    expect(boxes(1, 100, 400, whole)[0]).toEqual({ top: 133, left: 0, height: 133, width: 100 });
    expect(boxes(1, 100, 100, { scale: [2, 2] })[0]).toEqual({ top: 0, left: 0, height: 100, width: 100 });
  });

  it.each([
    [{ scale: [0, 1] }, "scale must be 0 < low <= high, got [0, 1]"],
    [{ scale: [0.5, 0.1] }, "scale must be 0 < low <= high, got [0.5, 0.1]"],
    [{ ratio: [1, Infinity] }, "ratio must be 0 < low <= high, got [1, Infinity]"],
  ] satisfies [RandomResizedCropOptions, string][])("refuses %j", (options, message) => {
    expect(() => boxes(1, 10, 10, options)).toThrow(message);
  });
});
