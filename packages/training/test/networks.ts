import { resnet18 } from "@fledge/resnet";
import type { Gpu } from "@fledge/runtime";
import { Model } from "../src/index.ts";

/** A narrow ResNet-18 with seeded weights on the device. */
export const narrowModel = (gpu: Gpu, imageSize: number, classes: number, seed = 0): Model =>
  new Model(gpu, resnet18({ classes, width: 4, seed }), imageSize);
