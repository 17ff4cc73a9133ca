import { benchLadder } from "@fledge/bench";
import { batchnormApply } from "../src/index.ts";
import { applyReference } from "../src/reference.ts";
import { applyInputs } from "../test/inputs.ts";
import { applyTolerance } from "../test/tolerance.ts";
import { fusedLayers } from "./layers.ts";

await benchLadder({
  title: "batchnorm-apply",
  kernel: batchnormApply,
  cases: fusedLayers,
  inputs: applyInputs,
  reference: applyReference,
  tolerance: applyTolerance,
});
