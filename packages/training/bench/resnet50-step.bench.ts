import { resnet50 } from "@fledge/resnet";
import { Gpu } from "@fledge/runtime";
import { benchTrainingStep } from "./step.ts";

const gpu = await Gpu.open();
try {
  await benchTrainingStep(gpu, "ResNet-50 at a quarter of the width", resnet50({ classes: 12, width: 16 }), 32, 64);
  await benchTrainingStep(gpu, "ResNet-50", resnet50({ classes: 200 }), 8, 64);
} finally {
  await gpu.close();
}
