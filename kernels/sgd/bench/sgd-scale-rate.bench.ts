import { benchLadder } from "@fledge/bench";
import { sgdScaleRate } from "../src/index.ts";

await benchLadder({
  title: "sgd-scale-rate",
  kernel: sgdScaleRate,
  cases: { "one rate": { multiplier: 10 } },
  inputs: () => ({ learningRate: Float32Array.of(0.05) }),
  reference: ({ multiplier }, { learningRate }) => ({ scaledRate: Float64Array.of(multiplier * learningRate[0]) }),
  tolerance: ({ multiplier }, { learningRate }) => ({
    scaledRate: Float64Array.of(2 ** -24 * multiplier * learningRate[0]),
  }),
});
