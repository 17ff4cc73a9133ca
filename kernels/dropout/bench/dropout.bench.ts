import { benchLadder } from "@fledge/bench";
import type { DropPathShape, KeepMaskShape } from "../src/index.ts";
import {
  dropoutDrawnProblem,
  dropoutProblem,
  dropPathBackwardProblem,
  dropPathForwardProblem,
  keepMaskProblem,
} from "../test/problems.ts";

const masks: Record<string, KeepMaskShape> = {
  "before the classifier, batch 32": { N: 32, C: 2048, rate: 0.5, layer: 0 },
  "one decision an image, batch 32": { N: 32, C: 1, rate: 0.2, layer: 1 },
};
const wide: Record<string, KeepMaskShape> = {
  "before the classifier, batch 32": { N: 32, C: 2048, rate: 0.5, layer: 0 },
  "before the classifier, batch 512": { N: 512, C: 2048, rate: 0.5, layer: 0 },
};
const images: Record<string, DropPathShape> = {
  "output of layer1, 64 px, batch 8": { N: 8, size: 16 * 16 * 256, survival: 0.8, relu: true },
  "output of layer1, 224 px, batch 2": { N: 2, size: 56 * 56 * 256, survival: 0.8, relu: true },
};

await benchLadder({ title: "keep-mask", ...keepMaskProblem, cases: masks });
await benchLadder({
  title: "dropout",
  ...dropoutProblem,
  cases: Object.fromEntries(Object.entries(wide).map(([name, { N, C, rate }]) => [name, { count: N * C, rate }])),
});
await benchLadder({ title: "dropout-drawn", ...dropoutDrawnProblem, cases: wide });
await benchLadder({ title: "drop-path-forward", ...dropPathForwardProblem, cases: images });
await benchLadder({ title: "drop-path-backward", ...dropPathBackwardProblem, cases: images });
