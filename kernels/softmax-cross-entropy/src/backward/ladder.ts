import { linearWorkgroups, mainPass, readWgsl, type Rung } from "@fledge/runtime";
import { absentTarget, lossConstants, lossParams } from "../options.ts";
import type { SoftmaxCrossEntropyShape } from "../shape.ts";

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
