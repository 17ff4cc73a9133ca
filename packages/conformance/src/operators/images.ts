import {
  boxResizing,
  centerCropResizing,
  operationsOf,
  pixelOperation,
  renderPlan,
  type AugmentLibrary,
  type ImageSize,
  type RgbImage,
  type ViewPlan,
} from "@fledge/data";
import type { GoldenCase } from "@fledge/golden-cases";
import { renderOnDevice } from "@fledge/training";
import { z } from "zod";
import { Unsupported, type CaseRunner, type ConformanceContext } from "../context.ts";

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

/** What a plan shows that does nothing else. */
const untouched = ({ width, height }: ImageSize): ViewPlan => ({
  before: [],
  crop: boxResizing({ top: 0, left: 0, width, height }, width, height),
  mirror: false,
  after: [],
  flip: false,
});

/** The image under each of the plans, where the context says. */
async function rendered(image: RgbImage, plans: readonly ViewPlan[], { gpu, augmentOn }: ConformanceContext) {
  if (augmentOn !== "device") return plans.map((plan) => renderPlan(image, plan));
  const operations = plans.flatMap(({ before }) => before);
  if (operations.some((one) => one.kind === "affine" && one.interpolation !== "nearest"))
    throw new Unsupported("no kernel transforms bilinearly: --augment-on cpu does");
  return renderOnDevice(
    gpu,
    plans.map((plan) => ({ image, plan })),
  );
}

const byOutput = (outputs: readonly { readonly output: string }[], images: readonly RgbImage[]) =>
  new Map(outputs.map(({ output }, i) => [output, stored(images[i]!)]));

/** Each operation by itself on the input image. */
export const runAugment: CaseRunner = async (golden, context) => {
  const { operations } = golden.attributesAs(
    z.object({ operations: z.array(operationSchema.extend({ output: z.string() })) }),
  );
  const image = imageOf(golden);
  const plans = operations.map((operation) => ({
    ...untouched(image),
    before: [pixelOperation(libraryOf(operation), operation.name, image, argumentsOf(operation))],
  }));
  return byOutput(operations, await rendered(image, plans, context));
};

/** Recorded draws of a policy: the operations that were applied, one after the other. */
export const runPolicy: CaseRunner = async (golden, context) => {
  const draw = z.looseObject({
    steps: z.array(operationSchema.extend({ level: z.number(), applied: z.boolean() })),
    output: z.string(),
  });
  const { draws } = golden.attributesAs(z.object({ draws: z.array(draw) }));
  const image = imageOf(golden);
  const plans = draws.map(({ steps }) => {
    const own = steps.map((step) => ({
      library: libraryOf(step),
      name: step.name,
      level: step.level,
      applied: step.applied,
      ...argumentsOf(step),
    }));
    return { ...untouched(image), before: operationsOf(own, image) };
  });
  return byOutput(draws, await rendered(image, plans, context));
};

export const runResizedCrop: CaseRunner = async (golden, context) => {
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
  const plans = boxes.map((box) => ({ ...untouched(image), crop: boxResizing(box, width, height) }));
  return byOutput(boxes, await rendered(image, plans, context));
};

export const runResizeCenterCrop: CaseRunner = async (golden, context) => {
  const { resize, crop } = golden.attributesAs(z.object({ resize: z.int(), crop: z.int() }));
  const image = imageOf(golden);
  const plan = { ...untouched(image), crop: centerCropResizing(image, resize, crop) };
  return byOutput([{ output: "output" }], await rendered(image, [plan], context));
};

export const runHorizontalFlip: CaseRunner = async (golden, context) => {
  const image = imageOf(golden);
  return byOutput([{ output: "output" }], await rendered(image, [{ ...untouched(image), mirror: true }], context));
};
