import { benchLadder } from "@fledge/bench";
import { batchnormStatistics } from "../src/index.ts";
import { statisticsReference } from "../src/reference.ts";
import { statisticsInputs } from "../test/inputs.ts";
import { withOptions } from "../test/shapes.ts";
import { statisticsTolerance } from "../test/tolerance.ts";
import { layers } from "./layers.ts";

await benchLadder({
  title: "batchnorm-statistics",
  kernel: batchnormStatistics,
  cases: withOptions(layers, { momentum: 0.1 }),
  inputs: statisticsInputs,
  reference: statisticsReference,
  tolerance: statisticsTolerance,
});
