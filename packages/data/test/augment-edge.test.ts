import { describe, expect, it } from "vitest";
import { applyOperation, operationNames } from "../src/augment/apply-operation.ts";
import { rgbImage } from "../src/image.ts";
import type { RgbImage } from "../src/image.ts";

const libraries = ["jizongfox", "ildoonet", "torchvision"] as const;
const all = libraries.flatMap((library) => operationNames(library).map((name) => [library, name] as const));
const greys = (width: number, ...values: number[]): RgbImage =>
  rgbImage(width, values.length / width, Uint8Array.from(values.flatMap((v) => [v, v, v])));
const redOf = ({ data }: RgbImage): number[] => [...data].filter((_, i) => i % 3 === 0);

describe.each([
  [1, 1],
  [1, 2],
  [2, 1],
  [2, 2],
  [1, 40],
  [40, 1],
])("an image of %i x %i", (width, height) => {
  it.each(all)("keeps its size under %s's %s", (library, name) => {
    const image = rgbImage(width, height, new Uint8Array(width * height * 3).fill(77));
    const centre = { x: width - 1, y: 0 };
    for (const value of [0, 0.5, 1, 4]) {
      const whole = name === "Posterize" ? Math.trunc(value) : value;
      const out = applyOperation(library, name, image, { value: whole, centre });
      expect([out.width, out.height, out.data.length]).toEqual([width, height, width * height * 3]);
    }
    expect(image.data.every((v) => v === 77)).toBe(true);
  });
});

describe("neutral values change nothing", () => {
  const image = rgbImage(
    7,
    5,
    Uint8Array.from({ length: 105 }, (_, i) => (i * 37) % 256),
  );
  it.each([
    ["jizongfox", "Sharpness", 1],
    ["jizongfox", "Contrast", 1],
    ["jizongfox", "Color", 1],
    ["jizongfox", "Brightness", 1],
    ["jizongfox", "ShearX", 0],
    ["jizongfox", "ShearY", 0],
    ["jizongfox", "TranslateX", 0],
    ["jizongfox", "TranslateY", 0],
    ["jizongfox", "Rotate", 0],
    ["jizongfox", "Rotate", 360],
    ["jizongfox", "Posterize", 8],
    ["jizongfox", "Solarize", 256],
    ["jizongfox", "Cutout", 1],
    ["torchvision", "Color", 0],
    ["torchvision", "TranslateX", 0.99],
  ] as const)("%s's %s at %d", (library, name, value) => {
    const out = applyOperation(library, name, image, { value, centre: { x: 3, y: 2 } });
    expect(out.data).toEqual(image.data);
  });
});

describe("by hand", () => {
  const row = greys(4, 10, 20, 30, 40);

  it("the two lists move the picture in opposite directions", () => {
    expect(redOf(applyOperation("ildoonet", "TranslateXabs", row, { value: 1 }))).toEqual([20, 30, 40, 0]);
    expect(redOf(applyOperation("jizongfox", "TranslateX", row, { value: 1 }))).toEqual([20, 30, 40, 128]);
    expect(redOf(applyOperation("torchvision", "TranslateX", row, { value: 1 }))).toEqual([0, 10, 20, 30]);
  });

  it("half a turn is exact", () => {
    expect(redOf(applyOperation("ildoonet", "Rotate", row, { value: 180 }))).toEqual([40, 30, 20, 10]);
  });

  it("a quarter turn goes counter-clockwise", () => {
    const square = greys(2, 1, 2, 3, 4);
    expect(redOf(applyOperation("ildoonet", "Rotate", square, { value: 90 }))).toEqual([2, 4, 1, 3]);
    expect(redOf(applyOperation("torchvision", "Rotate", square, { value: -90 }))).toEqual([3, 1, 4, 2]);
  });

  it("solarize at 0 inverts, posterize to 0 bits blackens, brightness 0 too", () => {
    expect(redOf(applyOperation("jizongfox", "Solarize", row, { value: 0 }))).toEqual([245, 235, 225, 215]);
    expect(redOf(applyOperation("ildoonet", "Posterize", row, { value: 0.9 }))).toEqual([0, 0, 0, 0]);
    expect(redOf(applyOperation("jizongfox", "Brightness", row, { value: 0 }))).toEqual([0, 0, 0, 0]);
  });

  it("SolarizeAdd inverts what passes 128 after the addition", () => {
    expect(redOf(applyOperation("ildoonet", "SolarizeAdd", row, { value: 97.5 }))).toEqual([107, 117, 127, 118]);
  });

  it("a blend truncates: 1.9 times 130 clips, 0.25 times 30 is 7", () => {
    expect(redOf(applyOperation("jizongfox", "Brightness", greys(2, 130, 140), { value: 1.9 }))).toEqual([247, 255]);
    expect(redOf(applyOperation("jizongfox", "Brightness", greys(2, 30, 31), { value: 0.25 }))).toEqual([7, 7]);
  });

  it("cutouts: jizongfox leaves out the last column, ildoonet paints both ends", () => {
    const flat = greys(6, 0, 0, 0, 0, 0, 0);
    const paint = (library: "jizongfox" | "ildoonet", name: string, value: number, x: number) =>
      redOf(applyOperation(library, name, flat, { value, centre: { x, y: 0 } })).map((v) => (v === 125 ? 1 : 0));
    expect(paint("jizongfox", "Cutout", 4, 3)).toEqual([0, 1, 1, 1, 1, 0]);
    expect(paint("jizongfox", "Cutout", 4, 0)).toEqual([1, 1, 0, 0, 0, 0]);
    expect(paint("ildoonet", "CutoutAbs", 2, 3)).toEqual([0, 0, 1, 1, 1, 0]);
    expect(paint("ildoonet", "CutoutAbs", 0, 5.9)).toEqual([0, 0, 0, 0, 0, 1]);
  });
});

describe("applyOperation refuses", () => {
  const image = rgbImage(2, 2);
  it.each([
    ["an unknown operation", "Cutout", {}, 'torchvision has no operation "Cutout"; it has Identity, ShearX'],
    ["a missing value", "ShearX", {}, "torchvision's ShearX needs a value, got undefined"],
    ["NaN", "ShearX", { value: Number.NaN }, "torchvision's ShearX needs a value, got NaN"],
    ["nine bits", "Posterize", { value: 9 }, "bits must be one of 0..8, got 9"],
    ["a shear out of Pillow's fixed point", "ShearX", { value: 1e6 }, "2 x 2 is too large to shear"],
  ] as const)("%s", (_what, name, options, message) => {
    expect(() => applyOperation("torchvision", name, image, options)).toThrow(message);
  });

  it("a cutout without its centre", () => {
    expect(() => applyOperation("jizongfox", "Cutout", image, { value: 4 })).toThrow("a cutout needs its centre");
  });
});
