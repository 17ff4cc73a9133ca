import { linearWorkgroups, readWgsl, type Rung } from "@fledge/runtime";
import { absentTarget, lossConstants, lossParams } from "../options.ts";
import type { SoftmaxCrossEntropyShape } from "../shape.ts";

/** Rung 01: one invocation per row. */
export const naive: Rung<SoftmaxCrossEntropyShape> = {
  id: "softmax-cross-entropy-forward/01-naive",
  change: "the first rung",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  constants: lossConstants,
  params: lossParams,
  scratch: (shape) => ({ ...absentTarget(shape), rowLosses: { shape: [shape.N], dtype: "f32" } }),
  passes: [
    { entryPoint: "lossOfRow", workgroups: ({ N }, { WORKGROUP_SIZE }) => linearWorkgroups(N, WORKGROUP_SIZE) },
    { entryPoint: "meanLoss", workgroups: () => [1, 1, 1] },
  ],
};
