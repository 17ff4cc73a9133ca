import { benchLadder } from "@fledge/bench";
import { gradWeightProblem } from "../test/problems.ts";
import { layers } from "./layers.ts";

await benchLadder({ title: "conv2d-grad-weight", ...gradWeightProblem, cases: layers });
