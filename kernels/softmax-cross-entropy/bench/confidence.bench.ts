import { benchLadder } from "@fledge/bench";
import { confidence } from "../src/index.ts";
import { confidenceReference } from "../src/reference.ts";
import { confidenceInputs } from "../test/inputs.ts";
import { batches } from "./shapes.ts";

await benchLadder({
  title: "confidence",
  kernel: confidence,
  cases: batches,
  inputs: confidenceInputs,
  reference: confidenceReference,
  tolerance: () => ({}),
});
