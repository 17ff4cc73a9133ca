import { random } from "@fledge/random";
import { describe, expect, test } from "vitest";
import { randAugment } from "../src/augment/rand-augment.ts";
import { filledImage, type RgbImage } from "../src/image.ts";
import type { View } from "../src/loader/view.ts";
import { viewRenderer } from "../src/loader/view.ts";
import { horizontalFlip } from "../src/transforms/horizontal-flip.ts";
import { resizeCenterCrop } from "../src/transforms/resize-center-crop.ts";

const draw = random(5, "test image");
const image: RgbImage = {
  width: 31,
  height: 23,
  data: Uint8Array.from({ length: 31 * 23 * 3 }, () => draw.integer(0, 256)),
};
const plain: View = { crop: { kind: "random-resized", size: 8, scale: [0.3, 0.6] }, flip: true };
const center: View = { crop: { kind: "center", resize: 12, size: 8 }, flip: false };
/** Streams by number; several, so that flipped and unflipped ones are among them. */
const streams = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const stream = (i: number): ReturnType<typeof random> => random(1, "view", 0, i);

describe("viewRenderer", () => {
  test("a centre crop is torchvision's, and draws nothing", () => {
    const rendered = viewRenderer(center)(image, stream(0));
    expect(rendered).toEqual({ image: resizeCenterCrop(image, 12, 8), flip: false });
  });

  test("flips about half of the images, or none", () => {
    const flips = (view: View): number =>
      Array.from({ length: 1000 }, (_, i) => viewRenderer(view)(image, stream(i)).flip).filter(Boolean).length;
    expect(Math.abs(flips(plain) - 500)).toBeLessThan(60);
    expect(flips({ ...plain, flip: false })).toBe(0);
  });

  test("RandAugment before the crop sees the whole image and leaves crop and flip as they were", () => {
    const inverted: View = {
      ...plain,
      randAugment: { operations: ["Invert"], probability: 1, library: "torchvision", order: "before-crop" },
    };
    const once: View = {
      ...plain,
      randAugment: { library: "ildoonet", n: 1, m: 5, operations: ["Invert"], order: "before-crop" },
    };
    expect(() => viewRenderer(inverted)).toThrow(/Invert/); // torchvision has no Invert
    for (const i of streams) {
      const [without, withIt] = [viewRenderer(plain)(image, stream(i)), viewRenderer(once)(image, stream(i))];
      expect(withIt.flip).toBe(without.flip);
      // Inverting commutes with the crop up to the rounding of the resize's two passes.
      const error = Math.max(
        ...withIt.image.data.map((value, at) => Math.abs(255 - value - (without.image.data[at] as number))),
      );
      expect(error).toBeLessThanOrEqual(1);
    }
  });

  test("RandAugment after the crop sees the crop, already mirrored", () => {
    const options = { library: "ildoonet", n: 1, m: 30, operations: ["Rotate"] } as const;
    const seen = new Set<boolean>();
    for (const i of streams) {
      const reference = stream(i);
      const { image: cropped, flip } = viewRenderer(plain)(image, reference); // leaves the stream at RandAugment's draws
      const expected = randAugment(options)(flip ? horizontalFlip(cropped) : cropped, reference);
      const rendered = viewRenderer({ ...plain, randAugment: { ...options, order: "after-crop" } })(image, stream(i));
      expect(rendered).toEqual({ image: expected, flip: false });
      seen.add(flip);
    }
    expect(seen.size).toBe(2);
  });

  test.each([
    [2 ** 14, 1],
    [1, 2 ** 14],
  ])("an image of %i x %i goes through every kind of view", (width, height) => {
    const line = filledImage(width, height, [120, 90, 60]);
    for (const crop of [plain.crop, { kind: "center", resize: 256, size: 224 }] as const) {
      for (const order of ["before-crop", "after-crop"] as const) {
        const view: View = { crop, flip: true, randAugment: { library: "ildoonet", n: 2, m: 9, order } };
        for (const i of [0, 1, 2, 3]) {
          expect(viewRenderer(view)(line, stream(i)).image.data).toHaveLength(crop.size ** 2 * 3);
        }
      }
    }
  });
});
