import { benchLadder } from "@fledge/bench";
import { softmaxCrossEntropyForward } from "../src/index.ts";
import { lossReference } from "../src/reference.ts";
import { lossInputs } from "../test/inputs.ts";
import { lossTolerance } from "../test/tolerance.ts";
import { withOptions } from "./shapes.ts";

await benchLadder({
  title: "softmax-cross-entropy-forward",
  kernel: softmaxCrossEntropyForward,
  cases: withOptions({ target: "hard" as const, labelSmoothing: 0 }),
  inputs: lossInputs,
  reference: lossReference,
  tolerance: lossTolerance,
});
