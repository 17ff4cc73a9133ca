import { benchLadder } from "@fledge/bench";
import { sgdAverage } from "../src/index.ts";
import { sgdAverageReference } from "../src/reference.ts";

await benchLadder({
  title: "sgd-average",
  kernel: sgdAverage,
  cases: { "layer2.0.conv2": { count: 128 * 128 * 3 * 3 }, "layer4.0.conv2": { count: 512 * 512 * 3 * 3 } },
  inputs: ({ count }, uniform) => ({
    average: Float32Array.from({ length: count }, uniform),
    value: Float32Array.from({ length: count }, uniform),
    weight: Float32Array.of(1e-4),
  }),
  reference: (_shape, { average, value, weight }) => ({ average: sgdAverageReference(average, value, weight[0]) }),
  tolerance: (_shape, { average, value }) => ({
    average: Float64Array.from(value, (v, i) => 2 ** -22 * (Math.abs(average[i]) + Math.abs(v))),
  }),
});
