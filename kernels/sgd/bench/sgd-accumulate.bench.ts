import { benchLadder } from "@fledge/bench";
import { sgdAccumulate } from "../src/index.ts";
import { sgdAccumulateReference } from "../src/reference.ts";

await benchLadder({
  title: "sgd-accumulate",
  kernel: sgdAccumulate,
  cases: { "layer2.0.conv2": { count: 128 * 128 * 3 * 3 }, "layer4.0.conv2": { count: 512 * 512 * 3 * 3 } },
  inputs: ({ count }, uniform) => ({
    sum: Float32Array.from({ length: count }, uniform),
    gradient: Float32Array.from({ length: count }, uniform),
    share: Float32Array.of(0.25),
    part: Uint32Array.of(1),
  }),
  reference: (_shape, { sum, gradient, share }) => ({
    sum: sgdAccumulateReference(sum, gradient, { share: share[0], part: 1 }),
  }),
  tolerance: (_shape, { sum, gradient }) => ({
    sum: Float64Array.from(gradient, (value, i) => 2 ** -23 * (Math.abs(sum[i]) + Math.abs(value))),
  }),
});
