import { benchLadder } from "@fledge/bench";
import { sgdCheckFinite } from "../src/index.ts";

await benchLadder({
  title: "sgd-check-finite",
  kernel: sgdCheckFinite,
  cases: { "layer2.0.conv2": { count: 128 * 128 * 3 * 3 }, "layer4.0.conv2": { count: 512 * 512 * 3 * 3 } },
  inputs: ({ count }, uniform) => ({
    gradient: Float32Array.from({ length: count }, uniform),
    overflowed: Uint32Array.of(0),
  }),
  reference: () => ({ overflowed: Float64Array.of(0) }),
  tolerance: () => ({}),
});
