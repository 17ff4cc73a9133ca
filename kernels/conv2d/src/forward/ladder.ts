import { ceilDiv, linearWorkgroups, mainPass, readWgsl, type Rung } from "@fledge/runtime";
import { laneTile, laneTiles, needsLanes } from "../lanes.ts";
import { asGemm, conv2dParams, type Conv2dShape } from "../shape.ts";

export const naive: Rung<Conv2dShape> = {
  id: "conv2d-forward/01-naive",
  change: "one invocation per output element",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  params: conv2dParams,
  passes: mainPass((shape, { WORKGROUP }) => {
    const { gemmM, gemmN } = asGemm(shape);
    return linearWorkgroups(gemmM * gemmN, WORKGROUP!);
  }),
};

export const registerBlocked: Rung<Conv2dShape> = {
  id: "conv2d-forward/02-register-blocked",
  change: "1 -> TM x TN sums per invocation",
  source: readWgsl(import.meta.url, "./02-register-blocked.wgsl"),
  params: conv2dParams,
  passes: mainPass((shape, { WORKGROUP, TM, TN }) => {
    const { gemmM, gemmN } = asGemm(shape);
    return linearWorkgroups(ceilDiv(gemmM, TM!) * ceilDiv(gemmN, TN!), WORKGROUP!);
  }),
};

export const laneBroadcast: Rung<Conv2dShape> = {
  id: "conv2d-forward/03-lane-broadcast",
  change: "x loaded once for all lanes and shuffled",
  source: readWgsl(import.meta.url, "./03-lane-broadcast.wgsl"),
  constants: ({ OC }) => laneTile(OC),
  params: conv2dParams,
  passes: mainPass((shape, constants) => {
    const { gemmM, gemmN } = asGemm(shape);
    return linearWorkgroups(laneTiles(gemmM, gemmN, constants), 1);
  }),
  features: ["subgroups"],
  unsupported: needsLanes("OC"),
};

export const vec4Lanes: Rung<Conv2dShape> = {
  ...laneBroadcast,
  id: "conv2d-forward/04-vec4-lanes",
  change: "x loaded by vec4f",
  source: readWgsl(import.meta.url, "./04-vec4-lanes.wgsl"),
  unsupported: needsLanes("IC", "OC"),
};
