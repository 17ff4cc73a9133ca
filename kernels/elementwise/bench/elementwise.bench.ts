import { benchLadder } from "@fledge/bench";
import {
  addProblem,
  concatenateProblem,
  reluBackwardProblem,
  reluForwardProblem,
  scaleProblem,
  splitProblem,
} from "../test/problems.ts";

const cases = {
  "output of layer1, 64 px, batch 8": { count: 8 * 16 * 16 * 256 },
  "output of layer1, 224 px, batch 2": { count: 2 * 56 * 56 * 256 },
};

await benchLadder({ title: "relu", ...reluForwardProblem, cases });
await benchLadder({ title: "relu-backward", ...reluBackwardProblem, cases });
await benchLadder({ title: "add", ...addProblem, cases });

/** The images of a joint step, a labelled one to three unlabelled ones. */
const batches = {
  "images of 64 px, 8 and 24": { countA: 8 * 64 * 64 * 3, countB: 24 * 64 * 64 * 3 },
  "images of 224 px, 2 and 6": { countA: 2 * 224 * 224 * 3, countB: 6 * 224 * 224 * 3 },
};

await benchLadder({ title: "scale", ...scaleProblem, cases: { "a loss": { count: 1, factor: 3 } } });
await benchLadder({ title: "concatenate", ...concatenateProblem, cases: batches });
await benchLadder({ title: "split", ...splitProblem, cases: batches });
