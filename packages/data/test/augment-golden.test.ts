import { listCases, loadCase } from "@fledge/testing";
import type { GoldenCase } from "@fledge/testing";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { applyOperation, operationNames } from "../src/augment/apply-operation.ts";
import type { AugmentLibrary } from "../src/augment/apply-operation.ts";
import type { AugmentStep } from "../src/augment/draw-step.ts";
import { ildoonetOperations } from "../src/augment/ildoonet.ts";
import { jizongfoxOperations } from "../src/augment/jizongfox.ts";
import type { OperationArguments, OperationTable } from "../src/augment/operation.ts";
import { applySteps } from "../src/augment/rand-augment.ts";
import { torchvisionOperations } from "../src/augment/torchvision.ts";
import type { Rgb } from "../src/image.ts";
import { rgbImage } from "../src/image.ts";

interface StoredOperation {
  readonly library: "pil" | "jizongfox" | "torchvision";
  readonly name: string;
  readonly level?: number;
  readonly sign?: 1 | -1;
  readonly value?: number;
  readonly center_x?: number;
  readonly center_y?: number;
  readonly fill?: Rgb;
  readonly interpolation?: "bilinear";
}

const libraryOf = (operation: StoredOperation): AugmentLibrary =>
  operation.library === "pil" ? "ildoonet" : operation.library;

function argumentsOf({ value, center_x, center_y, fill, interpolation }: StoredOperation): OperationArguments {
  return {
    ...(value !== undefined && { value }),
    ...(center_x !== undefined && center_y !== undefined && { centre: { x: center_x, y: center_y } }),
    ...(fill && { fill }),
    ...(interpolation && { interpolation }),
  };
}

function inputImage(golden: Pick<GoldenCase, "shape" | "uint8">) {
  const [height, width] = golden.shape("image") as [number, number];
  return rgbImage(width, height, golden.uint8("image"));
}

/** How many bytes differ, which says more than a diff of two arrays. */
function differingBytes(out: Uint8Array, ref: Uint8Array): number {
  expect(out.length).toBe(ref.length);
  return out.reduce((count, byte, i) => count + (byte === ref[i] ? 0 : 1), 0);
}

interface ImageAugment {
  readonly operations: readonly (StoredOperation & { readonly output: string })[];
}
const augmentCases = listCases("image_augment");

describe("every operation equals Pillow's output, byte for byte", () => {
  it.each(augmentCases.map((directory) => [basename(directory), directory]))("%s", (_name, directory) => {
    const golden = loadCase<ImageAugment>(directory);
    const image = inputImage(golden);
    for (const operation of golden.attributes.operations) {
      const before = image.data.slice();
      const out = applyOperation(libraryOf(operation), operation.name, image, argumentsOf(operation));
      expect([out.width, out.height]).toEqual([image.width, image.height]);
      const wrongBytes = differingBytes(out.data, golden.uint8(operation.output));
      expect({ operation, wrongBytes }).toEqual({ operation, wrongBytes: 0 });
      const changedBytes = differingBytes(image.data, before); // of the input
      expect({ operation, changedBytes }).toEqual({ operation, changedBytes: 0 });
    }
  });

  it("and no operation of a library is without a case, but for torchvision's Identity", () => {
    const covered = new Set<string>();
    for (const directory of augmentCases) {
      for (const operation of loadCase<ImageAugment>(directory).attributes.operations) {
        covered.add(`${libraryOf(operation)} ${operation.name}`);
      }
    }
    const libraries: AugmentLibrary[] = ["jizongfox", "ildoonet", "torchvision"];
    const all = libraries.flatMap((library) => operationNames(library).map((name) => `${library} ${name}`));
    expect(all.filter((name) => !covered.has(name))).toEqual(["torchvision Identity"]);
    expect(all).toHaveLength(15 + 16 + 14);
  });
});

describe("the value of every level is the library's", () => {
  const tables: Record<AugmentLibrary, OperationTable> = {
    jizongfox: jizongfoxOperations(),
    ildoonet: ildoonetOperations(),
    torchvision: torchvisionOperations(),
  };

  it.each(augmentCases.map((directory) => [basename(directory), directory]))("%s", (_name, directory) => {
    const golden = loadCase<ImageAugment>(directory);
    const image = inputImage(golden);
    for (const stored of golden.attributes.operations) {
      const operation = tables[libraryOf(stored)][stored.name]!;
      expect(operation.value === undefined).toBe(stored.value === undefined);
      if (operation.value === undefined) continue;
      // Two libraries store no sign; it is the value's. At level 0 there is none.
      const sign = stored.sign ?? (operation.draws === "sign" && stored.value! < 0 ? -1 : 1);
      const value = operation.value(stored.level!, sign, image);
      expect({ ...stored, value: value + 0 }).toEqual(stored); // + 0, because -0 is 0 here
    }
  });
});

describe("jizongfox's policy case", () => {
  interface Policy {
    readonly operations: readonly { readonly name: string; readonly signed: boolean; readonly magnitudes?: number[] }[];
    readonly draws: readonly {
      readonly steps: readonly (StoredOperation & { readonly level: number; readonly applied: boolean })[];
      readonly output: string;
    }[];
  }
  const golden = loadCase<Policy>(listCases("augment_policy")[0]!);
  const table = jizongfoxOperations();

  it("lists the operations in our order, with our signs and magnitudes", () => {
    expect(golden.attributes.operations.map(({ name }) => name)).toEqual(Object.keys(table));
    for (const { name, signed, magnitudes } of golden.attributes.operations) {
      const operation = table[name]!;
      expect(operation.draws === "sign").toBe(signed);
      const enhancement = ["Sharpness", "Contrast", "Color", "Brightness"].includes(name);
      const values = Array.from({ length: 10 }, (_, level) => operation.value?.(level, 1, { width: 1, height: 1 }));
      const expected = magnitudes?.map((magnitude) => (enhancement ? 1 + magnitude : magnitude));
      expect(values).toEqual(expected ?? Array.from({ length: 10 }));
    }
  });

  it.each(golden.attributes.draws.map((draw) => [draw.output, draw] as const))("gives %s", (output, draw) => {
    const steps = draw.steps.map((step): AugmentStep => ({ ...step, library: libraryOf(step), ...argumentsOf(step) }));
    const out = applySteps(inputImage(golden), steps);
    expect(differingBytes(out.data, golden.uint8(output))).toBe(0);
  });
});
