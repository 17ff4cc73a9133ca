import { benchLadder } from "@fledge/bench";
import { weightedCrossEntropyBackward } from "../src/index.ts";
import { weightedGradientReference } from "../src/reference.ts";
import { weightedGradientInputs } from "../test/inputs.ts";
import { weightedGradientTolerance } from "../test/tolerance.ts";
import { withOptions } from "./shapes.ts";

await benchLadder({
  title: "weighted-cross-entropy-backward",
  kernel: weightedCrossEntropyBackward,
  cases: withOptions({ target: "hard" as const, labelSmoothing: 0, reduction: "mean_kept" as const }),
  inputs: weightedGradientInputs,
  reference: weightedGradientReference,
  tolerance: weightedGradientTolerance,
});
