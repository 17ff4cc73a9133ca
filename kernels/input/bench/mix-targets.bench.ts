import { benchLadder } from "@fledge/bench";
import { mixTargets } from "../src/index.ts";
import { expectedTargets, targetInputs } from "../test/mix.ts";

await benchLadder({
  title: "mix-targets",
  kernel: mixTargets,
  cases: { "batch 32, 200 classes": { N: 32, C: 200 } },
  inputs: targetInputs(0.7),
  reference: expectedTargets,
  tolerance: () => ({ targets: 2 ** -23 }),
});
