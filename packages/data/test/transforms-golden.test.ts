import { listCases, loadCase, relativeError } from "@fledge/testing";
import type { GoldenCase } from "@fledge/testing";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { rgbImage } from "../src/image.ts";
import type { CropBox } from "../src/transforms/crop.ts";
import { horizontalFlip } from "../src/transforms/horizontal-flip.ts";
import { normalise } from "../src/transforms/normalise.ts";
import type { Normalisation } from "../src/transforms/normalise.ts";
import { resizeCenterCrop } from "../src/transforms/resize-center-crop.ts";
import { resizedCrop } from "../src/transforms/resized-crop.ts";

function inputImage(golden: Pick<GoldenCase, "shape" | "uint8">) {
  const [height, width] = golden.shape("image") as [number, number];
  return rgbImage(width, height, golden.uint8("image"));
}

const casesOf = (op: string) => listCases(op).map((directory) => [basename(directory), directory] as const);

interface ResizedCrops {
  readonly boxes: readonly (CropBox & { readonly output: string })[];
  readonly output_height: number;
  readonly output_width: number;
}

describe("resizedCrop", () => {
  it.each(casesOf("image_resized_crop"))("equals torchvision on Pillow: %s", (_name, directory) => {
    const golden = loadCase<ResizedCrops>(directory);
    const image = inputImage(golden);
    const { boxes, output_height, output_width } = golden.attributes;
    for (const box of boxes) {
      const out = resizedCrop(image, box, output_width, output_height);
      expect(golden.shape(box.output)).toEqual([out.height, out.width, 3]);
      expect({ box, differs: Buffer.compare(out.data, golden.uint8(box.output)) }).toEqual({ box, differs: 0 });
    }
  });
});

describe("resizeCenterCrop", () => {
  it.each(casesOf("image_resize_center_crop"))("equals torchvision on Pillow: %s", (_name, directory) => {
    const golden = loadCase<{ readonly resize: number; readonly crop: number }>(directory);
    const out = resizeCenterCrop(inputImage(golden), golden.attributes.resize, golden.attributes.crop);
    expect(golden.shape("output")).toEqual([out.height, out.width, 3]);
    expect(Buffer.compare(out.data, golden.uint8("output"))).toBe(0);
  });
});

describe("horizontalFlip", () => {
  it.each(casesOf("image_horizontal_flip"))("mirrors: %s", (_name, directory) => {
    const golden = loadCase(directory);
    expect(Buffer.compare(horizontalFlip(inputImage(golden)).data, golden.uint8("output"))).toBe(0);
  });
});

describe("normalise", () => {
  it.each(casesOf("image_normalise"))("is within its tolerance: %s", (_name, directory) => {
    const golden = loadCase<Normalisation>(directory);
    const out = normalise(inputImage(golden), golden.attributes);
    expect(relativeError(out, golden.float32("output"))).toBeLessThanOrEqual(golden.toleranceOf("output"));
  });
});
