import { benchLadder } from "@fledge/bench";
import { topOne } from "../src/index.ts";
import { topOneReference } from "../src/reference.ts";
import { topOneInputs } from "../test/inputs.ts";
import { topOneTolerance } from "../test/tolerance.ts";
import { batches } from "./shapes.ts";

await benchLadder({
  title: "top-one",
  kernel: topOne,
  cases: batches,
  inputs: topOneInputs,
  reference: topOneReference,
  tolerance: topOneTolerance,
});
