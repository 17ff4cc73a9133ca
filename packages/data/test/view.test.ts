import { corrupt, jpegCompression, perturb } from "@fledge/corruptions";
import { random } from "@fledge/random";
import { describe, expect, test } from "vitest";
import { randAugment } from "../src/augment/rand-augment.ts";
import { filledImage, type RgbImage } from "../src/image.ts";
import type { View } from "../src/loader/view.ts";
import { viewRenderer } from "../src/loader/view.ts";
import { horizontalFlip } from "../src/transforms/horizontal-flip.ts";
import { resizeCenterCrop, resizeShorterSide } from "../src/transforms/resize-center-crop.ts";

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

describe("a corruption", () => {
  const foggy: View = { ...plain, corruption: { kind: "fog", severity: 3 } };

  test("is of what the network sees: the crop, mirrored already", () => {
    const quality: View = { ...plain, corruption: { kind: "jpeg_compression", severity: 2, savedAsJpeg: null } };
    const seen = new Set<boolean>();
    for (const i of streams) {
      const { image: cropped, flip } = viewRenderer(plain)(image, stream(i));
      const expected = jpegCompression(flip ? horizontalFlip(cropped) : cropped, { quality: 18 });
      expect(viewRenderer(quality)(image, stream(i))).toEqual({ image: expected, flip: false });
      seen.add(flip);
    }
    expect(seen.size).toBe(2);
  });

  test("draws last, from streams of the image's own", () => {
    const reference = stream(0);
    const { image: cropped, flip } = viewRenderer(plain)(image, reference);
    const [seed, key] = [reference.uint32(), reference.uint32()];
    const own = (purpose: string, counter: number) => random(seed, purpose, key, counter);
    const expected = corrupt(flip ? horizontalFlip(cropped) : cropped, { kind: "fog", severity: 3 }, own);
    expect(viewRenderer(foggy)(image, stream(0)).image).toEqual(expected);
    // The same picture with the streams of another image, and of the same one again.
    const still: View = { ...center, corruption: { kind: "fog", severity: 3 } };
    const bytes = (i: number): Uint8Array => viewRenderer(still)(image, stream(i)).image.data;
    expect(bytes(1)).toEqual(bytes(1));
    expect(bytes(1)).not.toEqual(bytes(2));
  });

  test("comes after RandAugment", () => {
    const inverted: View = {
      ...center,
      randAugment: { library: "ildoonet", n: 1, m: 5, operations: ["Invert"], order: "after-crop" },
    };
    const both: View = { ...inverted, corruption: { kind: "pixelate", severity: 5, savedAsJpeg: null } };
    const pixelated: View = { ...center, corruption: { kind: "pixelate", severity: 5, savedAsJpeg: null } };
    const inverse = viewRenderer(inverted)(image, stream(0)).image;
    const expected = viewRenderer({ ...pixelated, crop: { kind: "center", resize: 8, size: 8 } })(inverse, stream(0));
    expect(viewRenderer(both)(image, stream(0))).toEqual(expected);
  });

  test("is refused by name where there is none of it", () => {
    const run = (corruption: object) => () => viewRenderer({ ...center, corruption: corruption as never });
    expect(run({ kind: "rain", severity: 1 })).toThrow('corruption: there is no kind "rain"');
    expect(run({ kind: "fog", severity: 6 })).toThrow("corruption fog: the severity must be");
  });
});

describe("a perturbation", () => {
  test("is of the resized picture before its crop", () => {
    const own = stream(3);
    const [seed, key] = [own.uint32(), own.uint32()];
    const streamsOf = (purpose: string, counter: number) => random(seed, purpose, key, counter);
    for (const kind of ["gaussian_noise", "translate", "snow"] as const) {
      const expected = perturb(resizeShorterSide(image, 12), 8, { kind, frame: 4 }, streamsOf);
      const rendered = viewRenderer({ ...center, perturbation: { kind, frame: 4 } })(image, stream(3));
      expect(rendered).toEqual({ image: expected, flip: false });
    }
    const clean = viewRenderer({ ...center, perturbation: { kind: "shot_noise", frame: 0 } })(image, stream(3));
    expect(clean).toEqual(viewRenderer(center)(image, stream(3)));
  });

  test("is refused by name beside what would move the picture otherwise", () => {
    const tilt = { perturbation: { kind: "tilt", frame: 1 } } as const;
    const wants = /view: the perturbation tilt needs a "center" crop, without flip, randAugment and corruption/;
    expect(() => viewRenderer({ ...plain, flip: false, ...tilt })).toThrow(wants);
    expect(() => viewRenderer({ ...center, flip: true, ...tilt })).toThrow(wants);
    expect(() => viewRenderer({ ...center, corruption: { kind: "fog", severity: 1 }, ...tilt })).toThrow(wants);
    expect(() => viewRenderer({ ...center, randAugment: { order: "after-crop" }, ...tilt })).toThrow(wants);
    expect(() => viewRenderer({ ...center, perturbation: { kind: "tilt", frame: 31 } })).toThrow("0 to 30, got 31");
  });
});
