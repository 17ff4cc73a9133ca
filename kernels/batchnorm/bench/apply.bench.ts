import { benchLadder } from "@fledge/bench";
import { batchnormApply } from "../src/index.ts";
import { applyReference } from "../src/reference.ts";
import { applyInputs } from "../test/inputs.ts";
import { withOptions } from "../test/shapes.ts";
import { applyTolerance } from "../test/tolerance.ts";
import { layers } from "./layers.ts";

await benchLadder({
  title: "batchnorm-apply",
  kernel: batchnormApply,
  cases: withOptions(layers, { epsilon: 1e-5, relu: true, residual: true }),
  inputs: applyInputs,
  reference: applyReference,
  tolerance: applyTolerance,
});
