import { ladderTests } from "@fledge/testing";
import { dlrProblem, keepProblem, stepProblem } from "./problems.ts";

ladderTests({
  ...stepProblem,
  cases: {
    "six images of 32 pixels": { N: 6, P: 32 * 32 * 3 },
    "one element": { N: 1, P: 1 },
    "images of odd size": { N: 7, P: 5 * 3 * 3 },
    "more than a workgroup of vectors": { N: 5, P: 260 },
  },
});

ladderTests({
  ...keepProblem,
  cases: {
    "one element": { count: 1 },
    "count no multiple of 4": { count: 1003 },
    "one more than a workgroup of vectors": { count: 257 },
    "a grid folded into y": { count: 65535 * 64 + 1 },
  },
});

ladderTests({
  ...dlrProblem,
  cases: {
    "a batch of CUB": { N: 32, C: 200 },
    "two classes": { N: 5, C: 2 },
    "three classes": { N: 9, C: 3 },
    "four classes": { N: 12, C: 4 },
    "more than a workgroup": { N: 65, C: 5 },
  },
});
