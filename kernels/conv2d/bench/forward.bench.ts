import { benchLadder } from "@fledge/bench";
import { forwardProblem } from "../test/problems.ts";
import { layers } from "./layers.ts";

await benchLadder({ title: "conv2d-forward", ...forwardProblem, cases: layers });
