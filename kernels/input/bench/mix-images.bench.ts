import { benchLadder } from "@fledge/bench";
import { mixImages } from "../src/index.ts";
import { expectedMix, mixInputs, mixTolerance } from "../test/mix.ts";

await benchLadder({
  title: "mix-images",
  kernel: mixImages,
  cases: {
    "demo, batch 32 at 64": { N: 32, H: 64, W: 64, C: 3 },
    "paper, batch 8 at 224": { N: 8, H: 224, W: 224, C: 3 },
  },
  inputs: mixInputs(0.7, [10, 10, 40, 30]),
  reference: expectedMix,
  tolerance: mixTolerance,
});
