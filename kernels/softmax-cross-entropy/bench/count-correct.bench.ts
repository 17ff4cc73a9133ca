import { benchLadder } from "@fledge/bench";
import { countCorrect } from "../src/index.ts";
import { countCorrectReference } from "../src/reference.ts";
import { countInputs } from "../test/inputs.ts";
import { batches } from "./shapes.ts";

await benchLadder({
  title: "count-correct",
  kernel: countCorrect,
  cases: batches,
  inputs: countInputs,
  reference: countCorrectReference,
  tolerance: () => ({}),
});
