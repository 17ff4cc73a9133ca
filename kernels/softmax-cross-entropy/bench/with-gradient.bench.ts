import { benchLadder } from "@fledge/bench";
import { softmaxCrossEntropyWithGradient } from "../src/index.ts";
import { gradientReference, lossReference } from "../src/reference.ts";
import { gradientInputs } from "../test/inputs.ts";
import { gradientTolerance, lossTolerance } from "../test/tolerance.ts";
import { withOptions } from "./shapes.ts";

await benchLadder({
  title: "softmax-cross-entropy-with-gradient",
  kernel: softmaxCrossEntropyWithGradient,
  cases: withOptions({ target: "hard" as const, labelSmoothing: 0 }),
  inputs: gradientInputs,
  reference: (shape, inputs) => ({ ...lossReference(shape, inputs), ...gradientReference(shape, inputs) }),
  tolerance: (shape, inputs) => ({ ...lossTolerance(shape, inputs), ...gradientTolerance(shape, inputs) }),
});
