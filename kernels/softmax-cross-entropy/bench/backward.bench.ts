import { benchLadder } from "@fledge/bench";
import { softmaxCrossEntropyBackward } from "../src/index.ts";
import { gradientReference } from "../src/reference.ts";
import { gradientInputs } from "../test/inputs.ts";
import { gradientTolerance } from "../test/tolerance.ts";
import { withOptions } from "./shapes.ts";

await benchLadder({
  title: "softmax-cross-entropy-backward",
  kernel: softmaxCrossEntropyBackward,
  cases: withOptions({ target: "hard" as const, labelSmoothing: 0 }),
  inputs: gradientInputs,
  reference: gradientReference,
  tolerance: gradientTolerance,
});
