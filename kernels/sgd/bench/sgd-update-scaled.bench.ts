import { benchLadder } from "@fledge/bench";
import { sgdUpdateScaled, type SgdShape } from "../src/index.ts";
import { scaledStep, scaledStepInputs, scaledStepTolerance, type ScaledStepInputs } from "../test/scaled-step.ts";

const paper = { momentum: 0.9, weightDecay: 1e-4, dampening: 0, nesterov: false };
const cases: Record<string, SgdShape> = {
  "layer2.0.conv2": { ...paper, count: 128 * 128 * 3 * 3 },
  "layer4.0.conv2": { ...paper, count: 512 * 512 * 3 * 3 },
};

await benchLadder({
  title: "sgd-update-scaled",
  kernel: sgdUpdateScaled,
  cases,
  inputs: (shape, random) => scaledStepInputs(shape, random, { lossScale: 65536, overflowed: 0, stepCount: 1 }),
  reference: (shape, inputs) => scaledStep(shape, inputs as ScaledStepInputs),
  tolerance: (shape, inputs) => scaledStepTolerance(shape, inputs as ScaledStepInputs),
});
