import { ladderTests } from "@fledge/testing";
import type { LinearShape } from "../src/index.ts";
import { forward, gradInput, gradWeight } from "./problems.ts";

const cases: Record<string, LinearShape> = {
  "fc of ResNet-50, 200 classes": { N: 32, IN: 2048, OUT: 200 },
  "fc of a narrow ResNet-50": { N: 33, IN: 512, OUT: 12 },
  "fc of ResNet-50, 1000 classes, batch 1": { N: 1, IN: 2048, OUT: 1000 },
  "sums shorter than a split or a subgroup": { N: 9, IN: 8, OUT: 136 },
  "batch 1": { N: 1, IN: 64, OUT: 20 },
  "rows no multiple of a block": { N: 7, IN: 36, OUT: 8 },
  "IN no multiple of 4": { N: 5, IN: 37, OUT: 8 },
  "OUT no multiple of 4": { N: 5, IN: 36, OUT: 11 },
  "one of everything": { N: 1, IN: 1, OUT: 1 },
  "one vector each way": { N: 1, IN: 4, OUT: 4 },
};

ladderTests({ ...forward, cases: { ...cases, "a grid folded into y": { N: 4100, IN: 1, OUT: 1025 } } });
ladderTests({ ...gradInput, cases: { ...cases, "a grid folded into y": { N: 4100, IN: 1025, OUT: 1 } } });
ladderTests({ ...gradWeight, cases: { ...cases, "a grid folded into y": { N: 1, IN: 4100, OUT: 1025 } } });
