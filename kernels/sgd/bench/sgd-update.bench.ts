import { benchLadder } from "@fledge/bench";
import { sgdUpdate, type SgdShape } from "../src/index.ts";
import { expectedStep, stepInputs, stepTolerance } from "../test/step.ts";

const paper = { momentum: 0.9, weightDecay: 1e-4, dampening: 0, nesterov: false };
const cases: Record<string, SgdShape> = {
  "layer2.0.conv2": { ...paper, count: 128 * 128 * 3 * 3 },
  "layer4.0.conv2": { ...paper, count: 512 * 512 * 3 * 3 },
};

await benchLadder({
  title: "sgd-update",
  kernel: sgdUpdate,
  cases,
  inputs: (shape, random) => stepInputs(shape, random, 1),
  reference: expectedStep,
  tolerance: stepTolerance,
});
