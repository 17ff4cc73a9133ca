import { ladderTests } from "@fledge/testing";
import { normaliseImages, type NormaliseShape } from "../src/index.ts";
import { expectedImages, imageInputs, imageNet, imageTolerance, pixelsProblem } from "./images.ts";

const cases: Record<string, NormaliseShape> = {
  "random crop of 224 from 256": { N: 3, IH: 256, IW: 256, OH: 224, OW: 224, ...imageNet },
  "the whole image of 64": { N: 4, IH: 64, IW: 64, OH: 64, OW: 64, ...imageNet },
  "batch 1": { N: 1, IH: 40, IW: 36, OH: 32, OW: 32, ...imageNet },
  "one pixel": { N: 2, IH: 1, IW: 1, OH: 1, OW: 1, ...imageNet },
  // Rows of 93 bytes and random offsets: the first byte of a quad falls on every byte of a word.
  "rows across words": { N: 9, IH: 19, IW: 31, OH: 13, OW: 24, ...imageNet },
  "rows of a run and a rest": { N: 2, IH: 7, IW: 41, OH: 5, OW: 36, ...imageNet },
  "one quad": { N: 8, IH: 5, IW: 7, OH: 1, OW: 4, ...imageNet },
  "OW no multiple of 4": { N: 3, IH: 17, IW: 23, OH: 11, OW: 13, ...imageNet },
  "f16, OW no multiple of 4": { N: 3, IH: 17, IW: 23, OH: 11, OW: 13, ...imageNet, storage: "f16" },
  "another mean and std for each channel": { N: 2, IH: 9, IW: 9, OH: 8, OW: 8, mean: [0, -2, 30], std: [1, 0.001, 7] },
};
const expectations = { kernel: normaliseImages, reference: expectedImages, tolerance: imageTolerance };

ladderTests({ ...expectations, cases, inputs: imageInputs });

ladderTests({
  ...expectations,
  cases: { "windows that leave their images": { N: 6, IH: 12, IW: 14, OH: 8, OW: 8, ...imageNet } },
  inputs: (shape, uniform) => ({
    ...imageInputs(shape, uniform),
    placement: Int32Array.from(
      [
        [-1, 0, 0],
        [5, 0, 1],
        [0, -7, 0],
        [0, 7, 1],
        [-(2 ** 31), 2 ** 31 - 1, 0],
        [2 ** 31 - 1, -(2 ** 31), 1],
      ].flat(),
    ),
  }),
});

ladderTests({
  ...pixelsProblem,
  cases: {
    "a batch of 32 pixels": { N: 4, H: 32, W: 32, ...imageNet },
    "one pixel": { N: 1, H: 1, W: 1, ...imageNet },
    "pixels no multiple of 4": { N: 3, H: 5, W: 7, ...imageNet },
    "more than a workgroup of quads": { N: 1, H: 20, W: 13, ...imageNet },
    "the gradient: another std for each channel, no mean": { N: 2, H: 8, W: 8, mean: [0, 0, 0], std: [1, 0.001, 7] },
  },
});
