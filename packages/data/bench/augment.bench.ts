import { benchFunctions } from "@fledge/bench";
import { random } from "@fledge/random";
import { applyOperation, operationNames } from "../src/augment/apply-operation.ts";
import { randAugment } from "../src/augment/rand-augment.ts";
import type { RandAugmentOptions } from "../src/augment/sampling.ts";
import { rgbImage } from "../src/image.ts";
import { randomResizedCropBox, resizedCrop } from "../src/transforms/resized-crop.ts";

/** Images per timed call: a mix of operations, the same in every call. */
const IMAGES = 24;

const sizes = [
  { width: 160, height: 128 },
  { width: 500, height: 375 }, // the usual size of CUB's photographs
];
const choices: RandAugmentOptions[] = [
  { library: "jizongfox" },
  { library: "ildoonet", n: 2, m: 9 },
  { library: "torchvision" },
];

function noiseImage(width: number, height: number) {
  const stream = random(1, "bench image", width, height);
  return rgbImage(
    width,
    height,
    Uint8Array.from({ length: width * height * 3 }, () => stream.uint32() >>> 24),
  );
}

for (const { width, height } of sizes) {
  const image = noiseImage(width, height);
  const tasks: Record<string, () => void> = {};
  for (const options of choices) {
    const augment = randAugment(options);
    const each = (view: (augmented: typeof image, i: number) => unknown) => () => {
      for (let i = 0; i < IMAGES; i += 1) view(augment(image, random(1, "bench augment", i)), i);
    };
    tasks[`${options.library}`] = each(() => undefined);
    for (const side of [64, 224]) {
      tasks[`${options.library} + random resized crop to ${side}`] = each((augmented, i) => {
        resizedCrop(augmented, randomResizedCropBox(random(1, "bench crop", i), width, height), side, side);
      });
    }
  }
  await benchFunctions({ title: `RandAugment, ${width} x ${height}`, tasks, work: { count: IMAGES, unit: "images" } });

  const centre = { x: width >> 1, y: height >> 1 };
  const values: Record<string, number> = { Cutout: 20, Posterize: 5, Rotate: 20, TranslateX: 30, TranslateY: 30 };
  await benchFunctions({
    title: `Operations of jizongfox, ${width} x ${height}`,
    tasks: Object.fromEntries(
      operationNames("jizongfox").map((name) => [
        name,
        () => applyOperation("jizongfox", name, image, { value: values[name] ?? 0.3, centre }),
      ]),
    ),
    work: { count: 1, unit: "images" },
  });
}
