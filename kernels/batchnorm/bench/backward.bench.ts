import { benchLadder } from "@fledge/bench";
import { batchnormBackward } from "../src/index.ts";
import { backwardReference } from "../src/reference.ts";
import { backwardInputs } from "../test/inputs.ts";
import { withOptions } from "../test/shapes.ts";
import { backwardTolerance } from "../test/tolerance.ts";
import { fusedLayers } from "./layers.ts";

await benchLadder({
  title: "batchnorm-backward",
  kernel: batchnormBackward,
  cases: withOptions(fusedLayers, { frozen: false }),
  inputs: backwardInputs,
  reference: backwardReference,
  tolerance: backwardTolerance,
});
