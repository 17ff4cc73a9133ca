import { ladderTests } from "@fledge/testing";
import { mixImages, mixTargets } from "../src/index.ts";
import { expectedMix, expectedTargets, mixInputs, mixTolerance, targetInputs } from "./mix.ts";

const images = {
  "32 pixels": { N: 3, H: 32, W: 32, C: 3 },
  "one value": { N: 1, H: 1, W: 1, C: 1 },
  "values no multiple of 4": { N: 3, H: 5, W: 7, C: 3 },
  "one more than a workgroup of runs": { N: 1, H: 1, W: 683, C: 3 },
  "four channels": { N: 2, H: 6, W: 5, C: 4 },
};
ladderTests({
  kernel: mixImages,
  cases: { "f16, a box in a share": { N: 3, H: 5, W: 7, C: 3, storage: "f16" } },
  inputs: mixInputs(0.25, [2, 0, 5, 3]),
  reference: expectedMix,
  tolerance: mixTolerance,
});
const mixes: [string, number, number[]][] = [
  ["a share", 0.7, [0, 0, 0, 0]],
  ["all of the first", 1, [3, 3, 3, 5]],
  ["a box", 1, [1, 2, 4, 6]],
  ["the whole image", 1, [0, 0, 32, 700]],
  ["a box that leaves the image", 1, [-2, 3, 4, 1000]],
  ["a box in a share", 0.25, [2, 0, 5, 3]],
];
for (const [name, share, box] of mixes) {
  ladderTests({
    kernel: mixImages,
    cases: Object.fromEntries(Object.entries(images).map(([size, shape]) => [`${name}, ${size}`, shape])),
    inputs: mixInputs(share, box),
    reference: expectedMix,
    tolerance: mixTolerance,
  });
}

for (const share of [0, 0.3, 1]) {
  ladderTests({
    kernel: mixTargets,
    cases: { [`share ${share}`]: { N: 7, C: 5 }, [`one class, share ${share}`]: { N: 3, C: 1 } },
    inputs: targetInputs(share),
    reference: expectedTargets,
    tolerance: () => ({ targets: 2 ** -23 }),
  });
}
