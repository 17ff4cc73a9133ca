import { linearWorkgroups, readWgsl, type Pass, type Rung, type TensorSpec } from "@fledge/runtime";
import { absentTarget, lossConstants, lossParams } from "../options.ts";
import type { SoftmaxCrossEntropyShape } from "../shape.ts";

const scratch = (shape: SoftmaxCrossEntropyShape): Record<string, TensorSpec> => ({
  ...absentTarget(shape),
  rowLosses: { shape: [shape.N], dtype: "f32" },
});

/** The losses of the rows over a grid, then their mean. */
const passes = (lossOfRow: Pass<SoftmaxCrossEntropyShape>["workgroups"]): Pass<SoftmaxCrossEntropyShape>[] => [
  { entryPoint: "lossOfRow", workgroups: lossOfRow },
  { entryPoint: "meanLoss", workgroups: () => [1, 1, 1] },
];
const rowPerInvocation = passes(({ N }, { WORKGROUP_SIZE }) => linearWorkgroups(N, WORKGROUP_SIZE));

/** Rung 00: the dispatch floor. */
export const noop: Rung<SoftmaxCrossEntropyShape> = {
  id: "softmax-cross-entropy-forward/00-noop",
  change: "the dispatch floor",
  source: readWgsl(import.meta.url, "./00-noop.wgsl"),
  constants: lossConstants,
  params: lossParams,
  scratch,
  passes: rowPerInvocation,
};

/** Rung 01: one invocation per row. */
export const naive: Rung<SoftmaxCrossEntropyShape> = {
  id: "softmax-cross-entropy-forward/01-naive",
  change: "the first rung",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  constants: lossConstants,
  params: lossParams,
  scratch,
  passes: rowPerInvocation,
};

/** Rung 02: maximum and sum in one pass over the row. */
export const online: Rung<SoftmaxCrossEntropyShape> = {
  id: "softmax-cross-entropy-forward/02-online",
  change: "maximum and sum in one pass",
  source: readWgsl(import.meta.url, "./02-online.wgsl"),
  constants: lossConstants,
  params: lossParams,
  scratch,
  passes: rowPerInvocation,
};

/** Rung 03: a workgroup per row. */
export const workgroup: Rung<SoftmaxCrossEntropyShape> = {
  id: "softmax-cross-entropy-forward/03-workgroup",
  change: "a workgroup per row",
  source: readWgsl(import.meta.url, "./03-workgroup.wgsl"),
  constants: lossConstants,
  params: lossParams,
  scratch,
  passes: passes(({ N }) => linearWorkgroups(N, 1)),
};

/** Rung 04: a subgroup per row. */
export const subgroup: Rung<SoftmaxCrossEntropyShape> = {
  id: "softmax-cross-entropy-forward/04-subgroup",
  change: "a subgroup per row, no barriers",
  source: readWgsl(import.meta.url, "./04-subgroup.wgsl"),
  constants: lossConstants,
  params: lossParams,
  scratch,
  passes: passes(({ N }, { ROWS }) => linearWorkgroups(N, ROWS)),
  features: ["subgroups"],
};
