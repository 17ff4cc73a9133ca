import { benchLadder } from "@fledge/bench";
import { sgdAdvance } from "../src/index.ts";

await benchLadder({
  title: "sgd-advance",
  kernel: sgdAdvance,
  cases: { "one counter": {} },
  inputs: () => ({ stepCount: Uint32Array.of(41) }),
  reference: (_shape, { stepCount }) => ({ stepCount: Float64Array.of(stepCount[0] + 1) }),
  tolerance: () => ({}),
});
