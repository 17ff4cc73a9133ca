import { benchLadder } from "@fledge/bench";
import { sgdHoldAverage } from "../src/index.ts";

await benchLadder({
  title: "sgd-hold-average",
  kernel: sgdHoldAverage,
  cases: { "one weight": {} },
  inputs: () => ({ weight: Float32Array.of(0.25), overflowed: Uint32Array.of(0) }),
  reference: () => ({ held: Float64Array.of(0.25) }),
  tolerance: () => ({}),
});
