import { benchLadder } from "@fledge/bench";
import { addProblem, reluBackwardProblem, reluForwardProblem } from "../test/problems.ts";

const cases = {
  "output of layer1, 64 px, batch 8": { count: 8 * 16 * 16 * 256 },
  "output of layer1, 224 px, batch 2": { count: 2 * 56 * 56 * 256 },
};

await benchLadder({ title: "relu", ...reluForwardProblem, cases });
await benchLadder({ title: "relu-backward", ...reluBackwardProblem, cases });
await benchLadder({ title: "add", ...addProblem, cases });
