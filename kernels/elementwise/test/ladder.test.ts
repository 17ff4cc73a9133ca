import { ladderTests } from "@fledge/testing";
import {
  addProblem,
  castProblem,
  concatenateProblem,
  reluBackwardProblem,
  reluForwardProblem,
  scaleProblem,
  splitProblem,
} from "./problems.ts";

const cases = {
  "layer1, batch 2 at 64 px": { count: 2 * 16 * 16 * 256 },
  "one element": { count: 1 },
  "count no multiple of 4": { count: 1003 },
  "less than a workgroup": { count: 60 },
  "one more than a workgroup of vectors": { count: 257 },
  "one more than a workgroup of runs": { count: 64 * 32 + 1 },
  "a run that ends in its fourth vector": { count: 64 * 32 + 15 },
  "nine vectors more than a workgroup of 512": { count: 4 * 521 - 1 },
  "a grid folded into y": { count: 65535 * 64 + 1 },
};

ladderTests({ ...reluForwardProblem, cases });
ladderTests({ ...reluBackwardProblem, cases });
ladderTests({ ...addProblem, cases });

const { "a grid folded into y": _slow, ...small } = cases;
const stored = {
  "f16, one element": { count: 1, storage: "f16" as const },
  "f16, nine vectors more than a workgroup of 512": { count: 4 * 521 - 1, storage: "f16" as const },
};
for (const problem of [reluForwardProblem, reluBackwardProblem, addProblem]) ladderTests({ ...problem, cases: stored });
ladderTests({
  ...castProblem,
  cases: {
    "to f16, count no multiple of 4": { count: 1003, to: "f16" },
    "to f32, count no multiple of 4": { count: 1003, to: "f32" },
    "to f16, one element": { count: 1, to: "f16" },
    "to f32, one element": { count: 1, to: "f32" },
  },
});

const scaled = Object.fromEntries(Object.entries(small).map(([name, { count }]) => [name, { count, factor: -2.7 }]));
ladderTests({ ...scaleProblem, cases: scaled });

const twoRuns = {
  "the demo's images, 8 and 24": { countA: 8 * 64 * 64 * 3, countB: 24 * 64 * 64 * 3 },
  "logits of 3 and 5 images": { countA: 3 * 200, countB: 5 * 200 },
  "counts no multiples of 4": { countA: 1003, countB: 61 },
  "one element each": { countA: 1, countB: 1 },
  "a last vector that is not full": { countA: 64, countB: 1 },
  "the first run a single vector": { countA: 4, countB: 259 },
  "a grid folded into y": { countA: 65535 * 64 - 4, countB: 65 },
};
ladderTests({ ...concatenateProblem, cases: twoRuns });
ladderTests({ ...splitProblem, cases: twoRuns });
