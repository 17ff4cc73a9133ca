import { benchLadder } from "@fledge/bench";
import { softmax } from "../src/index.ts";
import { softmaxReference } from "../src/reference.ts";
import { softmaxInputs } from "../test/inputs.ts";
import { softmaxTolerance } from "../test/tolerance.ts";
import { withOptions } from "./shapes.ts";

await benchLadder({
  title: "softmax",
  kernel: softmax,
  cases: withOptions({ temperature: 0.5 }),
  inputs: softmaxInputs,
  reference: softmaxReference,
  tolerance: softmaxTolerance,
});
