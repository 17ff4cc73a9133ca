import {
  applyOperation,
  applySteps,
  horizontalFlip,
  resizeCenterCrop,
  resizedCrop,
  type AugmentLibrary,
  type RgbImage,
} from "@fledge/data";
import type { GoldenCase } from "@fledge/golden-cases";
import { z } from "zod";
import { Unsupported, type CaseRunner } from "../context.ts";

/** Our names of the libraries by the cases'. */
const libraries: Readonly<Record<string, AugmentLibrary>> = {
  pil: "ildoonet",
  torchvision: "torchvision",
  jizongfox: "jizongfox",
};

const operationSchema = z.looseObject({
  library: z.string(),
  name: z.string(),
  value: z.number().optional(),
  center_x: z.number().optional(),
  center_y: z.number().optional(),
  fill: z.tuple([z.number(), z.number(), z.number()]).optional(),
  interpolation: z.string().optional(),
});

type Operation = z.infer<typeof operationSchema>;

/** The case's image. @throws where it is none */
export function imageOf(golden: GoldenCase): RgbImage {
  const [height, width, channels, ...more] = golden.shape("image");
  if (channels !== 3 || more.length > 0) throw new Error('tensor "image" is no picture [H,W,3]');
  return { height: height!, width: width!, data: golden.uint8("image") };
}

/** An image as a tensor. */
export const stored = ({ width, height, data }: RgbImage) => ({
  shape: [height, width, 3],
  data: new Uint8Array(data),
});

function argumentsOf({ value, center_x: x, center_y: y, fill, interpolation }: Operation) {
  return {
    ...(value === undefined ? {} : { value }),
    ...(x === undefined || y === undefined ? {} : { centre: { x, y } }),
    ...(fill === undefined ? {} : { fill }),
    ...(interpolation === undefined ? {} : { interpolation: interpolationOf(interpolation) }),
  };
}

function interpolationOf(name: string): "nearest" | "bilinear" {
  if (name !== "nearest" && name !== "bilinear")
    throw new Unsupported(`there is no interpolation "${name}"; there is nearest, bilinear`);
  return name;
}

function libraryOf({ library }: Operation): AugmentLibrary {
  const known = libraries[library];
  if (!known)
    throw new Unsupported(
      `there is no augmentation library "${library}"; there is ${Object.keys(libraries).join(", ")}`,
    );
  return known;
}

/** Each operation by itself on the input image. */
export const runAugment: CaseRunner = async (golden) => {
  const { operations } = golden.attributesAs(
    z.object({ operations: z.array(operationSchema.extend({ output: z.string() })) }),
  );
  const image = imageOf(golden);
  return new Map(
    operations.map((operation) => [
      operation.output,
      stored(applyOperation(libraryOf(operation), operation.name, image, argumentsOf(operation))),
    ]),
  );
};

/** Recorded draws of a policy: the operations that were applied, one after the other. */
export const runPolicy: CaseRunner = async (golden) => {
  const draw = z.looseObject({
    steps: z.array(operationSchema.extend({ level: z.number(), applied: z.boolean() })),
    output: z.string(),
  });
  const { draws } = golden.attributesAs(z.object({ draws: z.array(draw) }));
  const image = imageOf(golden);
  return new Map(
    draws.map(({ steps, output }) => {
      const own = steps.map((step) => ({
        library: libraryOf(step),
        name: step.name,
        level: step.level,
        applied: step.applied,
        ...argumentsOf(step),
      }));
      return [output, stored(applySteps(image, own))];
    }),
  );
};

export const runResizedCrop: CaseRunner = async (golden) => {
  const {
    boxes,
    output_height: height,
    output_width: width,
    interpolation,
  } = golden.attributesAs(
    z.object({
      boxes: z.array(z.object({ top: z.int(), left: z.int(), height: z.int(), width: z.int(), output: z.string() })),
      output_height: z.int(),
      output_width: z.int(),
      interpolation: z.string().default("bilinear"),
    }),
  );
  if (interpolation !== "bilinear") throw new Unsupported(`images are resized bilinearly only, not "${interpolation}"`);
  const image = imageOf(golden);
  return new Map(boxes.map(({ output, ...box }) => [output, stored(resizedCrop(image, box, width, height))]));
};

export const runResizeCenterCrop: CaseRunner = async (golden) => {
  const { resize, crop } = golden.attributesAs(z.object({ resize: z.int(), crop: z.int() }));
  return new Map([["output", stored(resizeCenterCrop(imageOf(golden), resize, crop))]]);
};

export const runHorizontalFlip: CaseRunner = async (golden) =>
  new Map([["output", stored(horizontalFlip(imageOf(golden)))]]);
