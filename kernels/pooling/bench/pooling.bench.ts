import { benchLadder } from "@fledge/bench";
import type { GlobalAveragePoolShape, MaxPool2dShape } from "../src/index.ts";
import { averageBackward, averageForward, maxBackward, maxForward } from "../test/problems.ts";

const stem = { kernel: 3, stride: 2, padding: 1 };
const windows: Record<string, MaxPool2dShape> = {
  "maxpool, 64 px, batch 32": { N: 32, IH: 32, IW: 32, C: 64, ...stem },
  "maxpool, 224 px, batch 2": { N: 2, IH: 112, IW: 112, C: 64, ...stem },
};
const images: Record<string, GlobalAveragePoolShape> = {
  "avgpool, 64 px, batch 32": { N: 32, H: 2, W: 2, C: 2048 },
  "avgpool, 224 px, batch 32": { N: 32, H: 7, W: 7, C: 2048 },
};

await benchLadder({ title: "max-pool2d-forward", ...maxForward, cases: windows });
await benchLadder({ title: "max-pool2d-backward", ...maxBackward, cases: windows });
await benchLadder({ title: "global-average-pool-forward", ...averageForward, cases: images });
await benchLadder({ title: "global-average-pool-backward", ...averageBackward, cases: images });
