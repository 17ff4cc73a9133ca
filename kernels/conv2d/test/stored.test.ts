// The rungs that products in f16 take, and the plainest, with activations and their gradients in memory as f16.
import { emulatedMatrices, ladderTests, usesMatrixUnits } from "@fledge/testing";
import type { Conv2dShape } from "../src/index.ts";
import { cases } from "./cases.ts";
import { forwardProblem, gradInputProblem, gradWeightProblem } from "./problems.ts";

const stored = (...names: string[]): Record<string, Conv2dShape> =>
  Object.fromEntries(names.map((name) => [`f16, ${name}`, { ...cases[name]!, storage: "f16" }]));

/** All rungs are made to store halves in one way, `withHalves`; a test of autograd plans each of them so. */
const chosen = /f16|naive/;

for (const problem of [forwardProblem, gradInputProblem, gradWeightProblem]) {
  const { kernel } = problem;
  const rungs = kernel.rungs.filter(({ id }) => chosen.test(id));
  ladderTests({ ...problem, kernel: { ...kernel, rungs }, cases: stored("ragged sizes", "3 to 5 channels") });
  const ofMatrices = kernel.rungs.filter(usesMatrixUnits);
  ladderTests({
    ...problem,
    kernel: {
      ...kernel,
      name: `${kernel.name} by emulated matrices`,
      rungs: ofMatrices.map((rung) => emulatedMatrices(rung)),
    },
    cases: stored("ragged sizes"),
  });
}
