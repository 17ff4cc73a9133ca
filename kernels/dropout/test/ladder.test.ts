import { ladderTests } from "@fledge/testing";
import type { DropPathShape, KeepMaskShape } from "../src/index.ts";
import {
  dropoutDrawnProblem,
  dropoutProblem,
  dropPathBackwardProblem,
  dropPathForwardProblem,
  keepMaskProblem,
} from "./problems.ts";

const masks: Record<string, KeepMaskShape> = {
  "before ResNet-50's classifier, batch 32": { N: 32, C: 2048, rate: 0.5, layer: 0 },
  "one decision an image": { N: 33, C: 1, rate: 0.2, layer: 16 },
  "ragged, C no multiple of 4": { N: 5, C: 67, rate: 0.3, layer: 3 },
  "C in fours": { N: 3, C: 12, rate: 0.9, layer: 4294967295 },
  "one element": { N: 1, C: 1, rate: 0.5, layer: 1 },
  "rate 0": { N: 3, C: 20, rate: 0, layer: 2 },
  "rate 1": { N: 3, C: 20, rate: 1, layer: 2 },
};

const images: Record<string, Omit<DropPathShape, "relu">> = {
  "output of layer1, 64 px": { N: 4, size: 16 * 16 * 256, survival: 0.95 },
  "output of layer4, 64 px": { N: 8, size: 2 * 2 * 2048, survival: 0.8 },
  "ragged, size no multiple of 4": { N: 5, size: 3 * 7 * 11, survival: 0.5 },
  "size in fours, no whole run": { N: 3, size: 4 * 131, survival: 0.7 },
  "one element": { N: 1, size: 1, survival: 0.5 },
  "more images than a grid has rows": { N: 65537, size: 4, survival: 0.6 },
  "nothing survives": { N: 3, size: 20, survival: 0 },
  "everything survives": { N: 3, size: 20, survival: 1 },
};

const withRelu = (relu: boolean): Record<string, DropPathShape> =>
  Object.fromEntries(
    Object.entries(images).map(([name, shape]) => [relu ? `${name}, ReLU` : name, { ...shape, relu }]),
  );

for (const problem of [dropPathForwardProblem, dropPathBackwardProblem])
  ladderTests({
    ...problem,
    cases: {
      "f16, size in fours, no whole run": { N: 3, size: 4 * 131, survival: 0.7, relu: true, storage: "f16" },
      "f16, ragged, size no multiple of 4": { N: 5, size: 231, survival: 0.5, relu: false, storage: "f16" },
    },
  });

ladderTests({
  ...keepMaskProblem,
  cases: { ...masks, "a grid folded into y": { N: 1, C: 4194305, rate: 0.5, layer: 0 } },
});
ladderTests({ ...dropoutDrawnProblem, cases: masks });
ladderTests({
  ...dropoutProblem,
  cases: {
    "before ResNet-50's classifier, batch 32": { count: 32 * 2048, rate: 0.5 },
    "one element": { count: 1, rate: 0.5 },
    "count no multiple of 4": { count: 1003, rate: 0.1 },
    "one more than a workgroup of runs": { count: 64 * 32 + 1, rate: 0.3 },
    "a grid folded into y": { count: 65535 * 64 + 1, rate: 0.5 },
    "rate 0": { count: 50, rate: 0 },
    "rate 1": { count: 50, rate: 1 },
  },
});
ladderTests({ ...dropPathForwardProblem, cases: { ...withRelu(false), ...withRelu(true) } });
ladderTests({ ...dropPathBackwardProblem, cases: { ...withRelu(false), ...withRelu(true) } });
