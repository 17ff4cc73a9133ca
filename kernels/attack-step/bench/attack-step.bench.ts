import { benchLadder } from "@fledge/bench";
import { dlrProblem, keepProblem, stepProblem } from "../test/problems.ts";

await benchLadder({
  title: "attack-step",
  ...stepProblem,
  cases: { "demo, batch 32 at 64": { N: 32, P: 64 * 64 * 3 }, "paper, batch 8 at 224": { N: 8, P: 224 * 224 * 3 } },
});
await benchLadder({
  title: "attack-keep",
  ...keepProblem,
  cases: { "demo, batch 32 at 64": { count: 32 * 64 * 64 * 3 }, "paper, batch 8 at 224": { count: 8 * 224 * 224 * 3 } },
});
await benchLadder({ title: "dlr-gradient", ...dlrProblem, cases: { "CUB, batch 32": { N: 32, C: 200 } } });
