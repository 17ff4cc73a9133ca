import { ceilDiv, linearWorkgroups, mainPass, readWgsl, type Rung } from "@fledge/runtime";
import { laneTile, laneTiles, needsLanes } from "../lanes.ts";
import { conv2dParams, type Conv2dShape } from "../shape.ts";

/** Rows of one stride phase, the pixels that agree in ih % stride and iw % stride; rounded up to the largest phase. */
function phaseRows({ N, IH, IW, stride }: Conv2dShape): number {
  return N * ceilDiv(IH, stride) * ceilDiv(IW, stride);
}

export const naive: Rung<Conv2dShape> = {
  id: "conv2d-grad-input/01-naive",
  change: "one invocation per input element",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  params: conv2dParams,
  passes: mainPass(({ N, IH, IW, IC }, { WORKGROUP }) => linearWorkgroups(N * IH * IW * IC, WORKGROUP!)),
};

export const registerBlocked: Rung<Conv2dShape> = {
  id: "conv2d-grad-input/02-register-blocked",
  change: "1 -> TM x TN sums per invocation, rows sorted by stride phase",
  source: readWgsl(import.meta.url, "./02-register-blocked.wgsl"),
  params: conv2dParams,
  passes: mainPass((shape, { WORKGROUP, TM, TN }) => {
    const blocks = ceilDiv(phaseRows(shape), TM!) * ceilDiv(shape.IC, TN!);
    return linearWorkgroups(shape.stride ** 2 * blocks, WORKGROUP!);
  }),
};

export const laneBroadcast: Rung<Conv2dShape> = {
  id: "conv2d-grad-input/03-lane-broadcast",
  change: "dOut loaded once for all lanes, by vec4f, and shuffled",
  source: readWgsl(import.meta.url, "./03-lane-broadcast.wgsl"),
  constants: ({ IC }) => laneTile(IC),
  params: conv2dParams,
  passes: mainPass((shape, constants) =>
    linearWorkgroups(shape.stride ** 2 * laneTiles(phaseRows(shape), shape.IC, constants), 1),
  ),
  features: ["subgroups"],
  unsupported: needsLanes("IC", "OC"),
};
