import { benchLadder } from "@fledge/bench";
import { gradInputProblem } from "../test/problems.ts";
import { layers } from "./layers.ts";

await benchLadder({ title: "conv2d-grad-input", ...gradInputProblem, cases: layers });
