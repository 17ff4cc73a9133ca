import { ladderTests } from "@fledge/testing";
import { addProblem, reluBackwardProblem, reluForwardProblem } from "./problems.ts";

const cases = {
  "layer1, batch 2 at 64 px": { count: 2 * 16 * 16 * 256 },
  "one element": { count: 1 },
  "count no multiple of 4": { count: 1003 },
  "less than a workgroup": { count: 60 },
  "one more than a workgroup of vectors": { count: 257 },
  "one more than a workgroup of runs": { count: 64 * 32 + 1 },
  "a run that ends in its fourth vector": { count: 64 * 32 + 15 },
  "a grid folded into y": { count: 65535 * 64 + 1 },
};

ladderTests({ ...reluForwardProblem, cases });
ladderTests({ ...reluBackwardProblem, cases });
ladderTests({ ...addProblem, cases });
