import { linearWorkgroups, mainPass, readWgsl, type Rung } from "@fledge/runtime";
import { absentTarget, lossConstants, lossParams } from "../options.ts";
import type { SoftmaxCrossEntropyShape } from "../shape.ts";

/** Rung 00: the dispatch floor. */
export const noop: Rung<SoftmaxCrossEntropyShape> = {
  id: "softmax-cross-entropy-backward/00-noop",
  change: "the dispatch floor",
  source: readWgsl(import.meta.url, "./00-noop.wgsl"),
  constants: lossConstants,
  params: lossParams,
  scratch: absentTarget,
  passes: mainPass(({ N }, { WORKGROUP_SIZE }) => linearWorkgroups(N, WORKGROUP_SIZE)),
};

/** Rung 01: one invocation per row. */
export const naive: Rung<SoftmaxCrossEntropyShape> = {
  id: "softmax-cross-entropy-backward/01-naive",
  change: "the first rung",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  constants: lossConstants,
  params: lossParams,
  scratch: absentTarget,
  passes: mainPass(({ N }, { WORKGROUP_SIZE }) => linearWorkgroups(N, WORKGROUP_SIZE)),
};

/** Rung 02: maximum and sum in one pass over the row. */
export const online: Rung<SoftmaxCrossEntropyShape> = {
  id: "softmax-cross-entropy-backward/02-online",
  change: "maximum and sum in one pass",
  source: readWgsl(import.meta.url, "./02-online.wgsl"),
  constants: lossConstants,
  params: lossParams,
  scratch: absentTarget,
  passes: mainPass(({ N }, { WORKGROUP_SIZE }) => linearWorkgroups(N, WORKGROUP_SIZE)),
};

/** Rung 03: a workgroup per row. */
export const workgroup: Rung<SoftmaxCrossEntropyShape> = {
  id: "softmax-cross-entropy-backward/03-workgroup",
  change: "a workgroup per row",
  source: readWgsl(import.meta.url, "./03-workgroup.wgsl"),
  constants: lossConstants,
  params: lossParams,
  scratch: absentTarget,
  passes: mainPass(({ N }) => linearWorkgroups(N, 1)),
};

/** Rung 04: a subgroup per row. */
export const subgroup: Rung<SoftmaxCrossEntropyShape> = {
  id: "softmax-cross-entropy-backward/04-subgroup",
  change: "a subgroup per row, no barriers",
  source: readWgsl(import.meta.url, "./04-subgroup.wgsl"),
  constants: lossConstants,
  params: lossParams,
  scratch: absentTarget,
  passes: mainPass(({ N }, { ROWS }) => linearWorkgroups(N, ROWS)),
  features: ["subgroups"],
};
