import { random } from "@fledge/random";
import { describe, expect, test } from "vitest";
import * as histogram from "../src/augment/pillow/histogram.ts";
import * as point from "../src/augment/pillow/point.ts";
import { applyPixels, type PixelOperation } from "../src/augment/pixel-operation.ts";
import * as pixels from "../src/augment/pixel-operations.ts";
import type { Rgb, RgbImage } from "../src/image.ts";
import { inArena } from "../src/simd/arena.ts";
import { crop, type CropBox } from "../src/transforms/crop.ts";
import { resize } from "../src/transforms/resize.ts";
import { resizedCrop } from "../src/transforms/resized-crop.ts";
import { plainAffine } from "./plain/affine.ts";
import { plainEnhance } from "./plain/enhance.ts";
import * as plainHistogram from "./plain/histogram.ts";
import { drawnImages, sizes } from "./plain/images.ts";
import * as plainPoint from "./plain/point.ts";
import * as plain from "./plain/resize.ts";

type Operation = (image: RgbImage) => RgbImage;

/** The pixel code's and the plain one, of an image outside of the arena and of one within. */
function expectSame(
  ours: Operation,
  reference: Operation,
  [width, height]: readonly [number, number],
  what: string,
): void {
  for (const [kind, image] of drawnImages(width, height).entries()) {
    const before = image.data.slice();
    const expected = reference(image);
    const within = inArena((arena) => ours(arena.imageAt(arena.place(image.data), image)));
    for (const out of [ours(image), within]) {
      const differs = [
        out.width - expected.width,
        out.height - expected.height,
        Buffer.compare(out.data, expected.data),
      ];
      expect({ what, width, height, kind, differs }).toEqual({ what, width, height, kind, differs: [0, 0, 0] });
    }
    expect(Buffer.compare(image.data, before)).toBe(0);
  }
}

const applied =
  <Given extends readonly unknown[]>(does: (...given: Given) => PixelOperation) =>
  (image: RgbImage, ...given: Given): RgbImage =>
    applyPixels(image, does(...given));
const affine = {
  rotate: (image: RgbImage, angleDeg: number, interpolation: "nearest" | "bilinear", fill: Rgb) =>
    applyPixels(image, pixels.rotate(image, angleDeg, interpolation, fill)),
  shearX: applied(pixels.shearX),
  shearY: applied(pixels.shearY),
  translateX: applied(pixels.translateX),
  translateY: applied(pixels.translateY),
};
const enhance = {
  enhanceBrightness: applied(pixels.brightness),
  enhanceColor: applied(pixels.color),
  enhanceContrast: applied(pixels.contrast),
  enhanceSharpness: applied(pixels.sharpness),
};
const factors = [-3.7, -0.5, 0, 0.1, 0.49, 1, 1.51, 1.9, 250];

describe.each(sizes)("of %i x %i, the bytes are those of the plain code", (...size) => {
  test("blends", () => {
    for (const name of ["enhanceBrightness", "enhanceColor", "enhanceContrast", "enhanceSharpness"] as const) {
      for (const factor of factors) {
        expectSame(
          (image) => enhance[name](image, factor),
          (image) => plainEnhance[name](image, factor),
          size,
          `${name} ${factor}`,
        );
      }
    }
  });

  test("tables", () => {
    const tables = [3, 5, 7].map((step) => point.valueTable((v) => (v * step + 11) % 256)) as [
      point.ValueTable,
      point.ValueTable,
      point.ValueTable,
    ];
    expectSame(
      (image) => point.mapValues(image, tables[0]),
      (image) => plainPoint.mapValues(image, tables[0]),
      size,
      "one",
    );
    expectSame(
      (image) => point.mapChannels(image, tables),
      (image) => plainPoint.mapChannels(image, tables),
      size,
      "three",
    );
    expectSame(histogram.equalize, plainHistogram.equalize, size, "equalize");
    expectSame(histogram.autoContrast, plainHistogram.autoContrast, size, "autoContrast");
  });

  test("affine transforms", () => {
    const fills = [
      [128, 128, 128],
      [1, 200, 30],
    ] as const;
    const names = ["shearX", "shearY", "translateX", "translateY", "rotate"] as const;
    for (const fill of fills) {
      for (const name of names) {
        const values =
          name === "rotate"
            ? [-90, -7.3, 0, 12, 30, 45, 180]
            : name.startsWith("shear")
              ? [-0.3, 0, 0.021, 0.3]
              : [-50, -3.5, 0, 1, 4.25];
        for (const value of values) {
          for (const interpolation of ["nearest", "bilinear"] as const) {
            const what = `${name} ${value} ${interpolation}`;
            expectSame(
              (image) => affine[name](image, value, interpolation, fill),
              (image) => plainAffine[name](image, value, interpolation, fill),
              size,
              what,
            );
          }
        }
      }
      for (const name of ["shearX", "shearY"] as const) {
        for (const value of [-0.3, -0.1, 0, 0.007, 0.3, 1.5]) {
          expectSame(
            (image) => affine[name](image, value, "bicubic", fill),
            (image) => plainAffine[name](image, value, "bicubic", fill),
            size,
            `${name} ${value} bicubic`,
          );
        }
      }
    }
  });

  test("resized, whole, a box of it, and of a part", () => {
    const [width, height] = size;
    const draw = random(2, "plain resize", width, height);
    const part = (wide: number, high: number): CropBox => {
      const [left, top] = [draw.integer(0, wide), draw.integer(0, high)];
      return { left, top, width: draw.integer(1, wide - left + 1), height: draw.integer(1, high - top + 1) };
    };
    for (let i = 0; i < 12; i++) {
      const [wide, high] = [draw.integer(1, 90), draw.integer(1, 90)];
      const [box, from] = [part(wide, high), part(width, height)];
      expectSame(
        (image) => resize(image, wide, high),
        (image) => plain.resize(image, wide, high),
        size,
        "whole",
      );
      expectSame(
        (image) => resize(image, wide, high, box),
        (image) => plain.resize(image, wide, high, box),
        size,
        "box",
      );
      expectSame(
        (image) => resizedCrop(image, from, wide, high),
        (image) => plain.resize(crop(image, from), wide, high),
        size,
        "part",
      );
    }
  });
});
