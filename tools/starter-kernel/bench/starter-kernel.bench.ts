import { benchLadder } from "@fledge/bench";
import { forwardProblem } from "../test/problems.ts";

await benchLadder({
  title: "starter-kernel-forward",
  ...forwardProblem,
  cases: { "layer1, 64 px, batch 8": { count: 8 * 16 * 16 * 256 } },
});
