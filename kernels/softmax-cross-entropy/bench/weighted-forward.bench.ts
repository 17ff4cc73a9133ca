import { benchLadder } from "@fledge/bench";
import { weightedCrossEntropyForward } from "../src/index.ts";
import { weightedLossReference } from "../src/reference.ts";
import { weightedLossInputs } from "../test/inputs.ts";
import { weightedLossTolerance } from "../test/tolerance.ts";
import { withOptions } from "./shapes.ts";

await benchLadder({
  title: "weighted-cross-entropy-forward",
  kernel: weightedCrossEntropyForward,
  cases: withOptions({ target: "hard" as const, labelSmoothing: 0, reduction: "mean_kept" as const }),
  inputs: weightedLossInputs,
  reference: weightedLossReference,
  tolerance: weightedLossTolerance,
});
