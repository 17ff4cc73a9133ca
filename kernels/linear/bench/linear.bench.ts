import { benchLadder } from "@fledge/bench";
import type { LinearShape } from "../src/index.ts";
import { forward, gradInput, gradWeight } from "../test/problems.ts";

const cases: Record<string, LinearShape> = {
  "fc of ResNet-50, batch 32, 200 classes": { N: 32, IN: 2048, OUT: 200 },
  "fc of ResNet-50, batch 32, 1000 classes": { N: 32, IN: 2048, OUT: 1000 },
};

await benchLadder({ title: "linear-forward", ...forward, cases });
await benchLadder({ title: "linear-grad-input", ...gradInput, cases });
await benchLadder({ title: "linear-grad-weight", ...gradWeight, cases });
