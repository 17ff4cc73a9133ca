import { ladderTests } from "@fledge/testing";
import { forwardProblem } from "./problems.ts";

ladderTests({
  ...forwardProblem,
  cases: {
    "layer1, batch 2 at 64 px": { count: 2 * 16 * 16 * 256 },
    "one element": { count: 1 },
    "count no multiple of 4": { count: 1003 },
    "one more than a workgroup": { count: 65 },
    "a grid folded into y": { count: 65535 * 64 + 1 },
  },
});
