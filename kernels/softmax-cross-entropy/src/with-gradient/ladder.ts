import { linearWorkgroups, mainPass, readWgsl, type Pass, type Rung, type TensorSpec } from "@fledge/runtime";
import { absentTarget, lossConstants, lossParams } from "../options.ts";
import type { SoftmaxCrossEntropyShape } from "../shape.ts";

const scratch = (shape: SoftmaxCrossEntropyShape): Record<string, TensorSpec> => ({
  ...absentTarget(shape),
  rowLosses: { shape: [shape.N], dtype: "f32" },
});

/** Losses and gradients of the rows over a grid, then the mean of the losses. */
const passes = (ofRow: Pass<SoftmaxCrossEntropyShape>["workgroups"]): Pass<SoftmaxCrossEntropyShape>[] => [
  { entryPoint: "lossAndGradientOfRow", workgroups: ofRow },
  { entryPoint: "meanLoss", workgroups: () => [1, 1, 1] },
];
const rowPerInvocation = passes(({ N }, { WORKGROUP_SIZE }) => linearWorkgroups(N, WORKGROUP_SIZE));

/** Rung 00: the dispatch floor. */
export const noop: Rung<SoftmaxCrossEntropyShape> = {
  id: "softmax-cross-entropy-with-gradient/00-noop",
  change: "the dispatch floor",
  source: readWgsl(import.meta.url, "./00-noop.wgsl"),
  constants: lossConstants,
  params: lossParams,
  scratch,
  passes: rowPerInvocation,
};

/** Rung 01: one invocation per row. */
export const naive: Rung<SoftmaxCrossEntropyShape> = {
  id: "softmax-cross-entropy-with-gradient/01-naive",
  change: "the first rung",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  constants: lossConstants,
  params: lossParams,
  scratch,
  passes: rowPerInvocation,
};

/** Rung 02: maximum and sum in one pass over the row. */
export const online: Rung<SoftmaxCrossEntropyShape> = {
  id: "softmax-cross-entropy-with-gradient/02-online",
  change: "maximum and sum in one pass",
  source: readWgsl(import.meta.url, "./02-online.wgsl"),
  constants: lossConstants,
  params: lossParams,
  scratch,
  passes: rowPerInvocation,
};

/** Rung 03: a subgroup per row. */
export const subgroup: Rung<SoftmaxCrossEntropyShape> = {
  id: "softmax-cross-entropy-with-gradient/03-subgroup",
  change: "a subgroup per row",
  source: readWgsl(import.meta.url, "./03-subgroup.wgsl"),
  constants: lossConstants,
  params: lossParams,
  scratch,
  passes: passes(({ N }, { ROWS }) => linearWorkgroups(N, ROWS)),
  features: ["subgroups"],
};

/** Rung 04: all rows in one workgroup. */
export const oneDispatch: Rung<SoftmaxCrossEntropyShape> = {
  id: "softmax-cross-entropy-with-gradient/04-one-dispatch",
  change: "one workgroup, one dispatch",
  source: readWgsl(import.meta.url, "./04-one-dispatch.wgsl"),
  constants: lossConstants,
  params: lossParams,
  scratch: absentTarget,
  passes: mainPass(() => [1, 1, 1]),
};
