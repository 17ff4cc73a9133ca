import { ceilDiv, linearWorkgroups, mainPass, readWgsl, type Rung } from "@fledge/runtime";
import { laneTile, laneTiles, needsLanes } from "../lanes.ts";
import { conv2dParams, type Conv2dShape } from "../shape.ts";
import { gradWeightGemm, splitK } from "./split.ts";

export const naive: Rung<Conv2dShape> = {
  id: "conv2d-grad-weight/01-naive",
  change: "one invocation per weight",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  params: conv2dParams,
  passes: mainPass((shape, { WORKGROUP }) => {
    const { gemmM, gemmN } = gradWeightGemm(shape);
    return linearWorkgroups(gemmM * gemmN, WORKGROUP!);
  }),
};

export const registerBlocked: Rung<Conv2dShape> = {
  id: "conv2d-grad-weight/02-register-blocked",
  change: "1 -> TM x TN sums per invocation, K split over workgroups",
  source: readWgsl(import.meta.url, "./02-register-blocked.wgsl"),
  ...splitK({
    tiles: (shape, { TM, TN }) => {
      const { gemmM, gemmN } = gradWeightGemm(shape);
      return ceilDiv(gemmM, TM!) * ceilDiv(gemmN, TN!);
    },
    perWorkgroup: ({ WORKGROUP }) => WORKGROUP!,
    width: 1,
  }),
};

export const laneBroadcast: Rung<Conv2dShape> = {
  id: "conv2d-grad-weight/03-lane-broadcast",
  change: "x loaded once for all lanes and shuffled",
  source: readWgsl(import.meta.url, "./03-lane-broadcast.wgsl"),
  constants: ({ OC }) => laneTile(OC),
  ...splitK({
    tiles: (shape, constants) => {
      const { gemmM, gemmN } = gradWeightGemm(shape);
      return laneTiles(gemmM, gemmN, constants);
    },
    perWorkgroup: () => 1,
    width: 4,
  }),
  features: ["subgroups"],
  unsupported: needsLanes("OC"),
};

export const vec4Lanes: Rung<Conv2dShape> = {
  ...laneBroadcast,
  id: "conv2d-grad-weight/04-vec4-lanes",
  change: "x loaded by vec4f",
  source: readWgsl(import.meta.url, "./04-vec4-lanes.wgsl"),
  unsupported: needsLanes("IC", "OC"),
};
