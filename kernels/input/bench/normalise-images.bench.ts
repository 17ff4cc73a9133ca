import { benchLadder } from "@fledge/bench";
import { normaliseImages } from "../src/index.ts";
import { expectedImages, imageInputs, imageNet, imageTolerance, pixelsProblem } from "../test/images.ts";

await benchLadder({
  title: "normalise-images",
  kernel: normaliseImages,
  cases: {
    "demo, batch 32 at 64": { N: 32, IH: 64, IW: 64, OH: 64, OW: 64, ...imageNet },
    "paper, batch 8, 224 from 256": { N: 8, IH: 256, IW: 256, OH: 224, OW: 224, ...imageNet },
  },
  inputs: imageInputs,
  reference: expectedImages,
  tolerance: imageTolerance,
});

await benchLadder({
  title: "normalise-pixels",
  ...pixelsProblem,
  cases: {
    "demo, batch 32 at 64": { N: 32, H: 64, W: 64, ...imageNet },
    "paper, batch 8 at 224": { N: 8, H: 224, W: 224, ...imageNet },
  },
});
