import { emulatedMatrices, ladderTests, tileTests, usesMatrixUnits } from "@fledge/testing";
import type { Kernel } from "@fledge/runtime";
import { expect, it } from "vitest";
import type { Conv2dShape } from "../src/index.ts";
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
  const ofMatrices = rungs.filter(usesMatrixUnits);
  it.each(ofMatrices.map((rung) => [rung.id, rung] as const))(
    "%s leaves no matrix operation to Dawn once it is emulated",
    (_, rung) => {
      expect(rung.module.source).toContain("subgroupMatrixLoad<Left");
      expect(emulatedMatrices(rung).module.source.replaceAll(/\/\/.*/g, "")).not.toMatch(/subgroup_?matrix/i);
    },
  );
  const kernel: Kernel<Conv2dShape> = {
    name: `${name} by emulated matrices`,
    check,
    tensors,
    flops,
    select,
    rungs: ofMatrices.map((rung) => emulatedMatrices(rung)),
  };
  ladderTests({ ...problem, kernel, cases: Object.fromEntries(names.map((one) => [one, cases[one]!])) });
  // Whole tiles beside cut ones, in either direction.
  const several: Conv2dShape = { N: 1, IH: 13, IW: 11, IC: 36, OC: 148, KH: 1, KW: 1, stride: 1, padding: 0 };
  tileTests({ ...problem, kernel, cases: { several }, pick: (able) => able.filter((_, index) => index % 2 === 1) });
}
