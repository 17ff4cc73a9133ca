import { emulatedMatrices, ladderTests } from "@fledge/testing";
import type { Kernel } from "@fledge/runtime";
import { expect, it } from "vitest";
import type { Conv2dShape } from "../src/index.ts";
import { needsVectors } from "../src/needs.ts";
import { cases } from "./cases.ts";
import { forwardProblem, gradInputProblem, gradWeightProblem } from "./problems.ts";

const names = [
  "layer1.0.conv2",
  "layer2.0.downsample.0",
  "batch 1",
  "ragged sizes",
  "stride 2 on odd sizes",
  "many pixels",
];

for (const problem of [forwardProblem, gradInputProblem, gradWeightProblem]) {
  const { name, check, tensors, flops, select, rungs } = problem.kernel;
  const rung = rungs.find(({ id }) => id.endsWith("-subgroup-matrix"))!;
  it(`${rung.id} leaves no matrix operation to Dawn once it is emulated`, () => {
    expect(rung.module.source).toContain("subgroupMatrixLoad<Left");
    expect(emulatedMatrices(rung, needsVectors).module.source.replaceAll(/\/\/.*/g, "")).not.toMatch(
      /subgroup_?matrix/i,
    );
  });
  const kernel: Kernel<Conv2dShape> = {
    name: `${name} by emulated matrices`,
    check,
    tensors,
    flops,
    select,
    rungs: [emulatedMatrices(rung, needsVectors)],
  };
  ladderTests({ ...problem, kernel, cases: Object.fromEntries(names.map((one) => [one, cases[one]!])) });
}
