import { ladderTests } from "@fledge/testing";
import { cases } from "./cases.ts";
import { forwardProblem, gradInputProblem, gradWeightProblem } from "./problems.ts";

for (const problem of [forwardProblem, gradInputProblem, gradWeightProblem]) ladderTests({ ...problem, cases });
