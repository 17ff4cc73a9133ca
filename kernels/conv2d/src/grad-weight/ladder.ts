import { ceilDiv, linearWorkgroups, mainPass, readWgsl, type Constants, type Rung } from "@fledge/runtime";
import { halfScratch, halvePass, halvesError } from "../halves.ts";
import { laneTile, laneTiles, needsLanes, needsPlainProduct } from "../lanes.ts";
import { needsAll, needsVectors } from "../needs.ts";
import { conv2dParams, type Conv2dShape } from "../shape.ts";
import { needsSubgroupMatrices, subgroupMatrixFeatures } from "../subgroup-matrix.ts";
import { winogradGradWeight } from "../winograd.ts";
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

export const noop: Rung<Conv2dShape> = {
  ...naive,
  id: "conv2d-grad-weight/00-noop",
  change: "the dispatch floor",
  source: readWgsl(import.meta.url, "./00-noop.wgsl"),
};

/** BM x BN tiles that cover dWeight. */
function tileCount(shape: Conv2dShape, { BM, BN }: Constants): number {
  const { gemmM, gemmN } = gradWeightGemm(shape);
  return ceilDiv(gemmM, BM!) * ceilDiv(gemmN, BN!);
}

export const tiled: Rung<Conv2dShape> = {
  id: "conv2d-grad-weight/02-tiled",
  change: "tiles in workgroup memory: a load feeds 16 invocations",
  source: readWgsl(import.meta.url, "./02-tiled.wgsl"),
  params: conv2dParams,
  passes: mainPass((shape, constants) => linearWorkgroups(tileCount(shape, constants), 1)),
};

export const registerBlocked: Rung<Conv2dShape> = {
  ...tiled,
  id: "conv2d-grad-weight/03-register-blocked",
  change: "1 -> TM x TN sums per invocation",
  source: readWgsl(import.meta.url, "./03-register-blocked.wgsl"),
};

export const splitTiles: Rung<Conv2dShape> = {
  id: "conv2d-grad-weight/04-split-k",
  change: "K split over workgroups, a second pass adds in order",
  source: readWgsl(import.meta.url, "./04-split-k.wgsl"),
  ...splitK({ tiles: tileCount, perWorkgroup: () => 1, width: 1 }),
};

const vectorSplit = splitK({ tiles: tileCount, perWorkgroup: () => 1, width: 4 });

export const vectorised: Rung<Conv2dShape> = {
  id: "conv2d-grad-weight/05-vectorised",
  change: "loads of four channels",
  source: readWgsl(import.meta.url, "./05-vectorised.wgsl"),
  ...vectorSplit,
  unsupported: needsVectors,
};

export const pipelined: Rung<Conv2dShape> = {
  ...vectorised,
  id: "conv2d-grad-weight/06-pipelined",
  change: "the next tiles are fetched meanwhile; one barrier a step",
  source: readWgsl(import.meta.url, "./06-pipelined.wgsl"),
};

export const registersOnly: Rung<Conv2dShape> = {
  id: "conv2d-grad-weight/07-registers-only",
  change: "no workgroup memory: TM x TN sums from loads of one's own",
  source: readWgsl(import.meta.url, "./07-registers-only.wgsl"),
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
  id: "conv2d-grad-weight/08-lane-broadcast",
  change: "x loaded once for all lanes and shuffled",
  source: readWgsl(import.meta.url, "./08-lane-broadcast.wgsl"),
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
  id: "conv2d-grad-weight/09-vec4-lanes",
  change: "x loaded by vec4f",
  source: readWgsl(import.meta.url, "./09-vec4-lanes.wgsl"),
  unsupported: needsLanes("IC", "OC"),
};

export const gemm1x1: Rung<Conv2dShape> = {
  ...vec4Lanes,
  id: "conv2d-grad-weight/10-gemm-1x1",
  change: "1x1: pixels of x are pixels of dOut, without taps and tests",
  source: readWgsl(import.meta.url, "./10-gemm-1x1.wgsl"),
  unsupported: needsAll(needsPlainProduct, needsLanes("IC", "OC")),
};

export const winogradTiles: Rung<Conv2dShape> = {
  ...winogradGradWeight,
  id: "conv2d-grad-weight/11-winograd",
  change: "3x3: F(2x2,3x3) turned round, 16 products for 4 pixels instead of 36",
  source: readWgsl(import.meta.url, "./11-winograd.wgsl"),
};

export const halves: Rung<Conv2dShape> = {
  ...pipelined,
  id: "conv2d-grad-weight/12-f16",
  change: "06 with operands stored as f16",
  source: readWgsl(import.meta.url, "./12-f16.wgsl"),
  scratch: (shape, constants) => ({ ...vectorSplit.scratch(shape, constants), ...halfScratch(shape, ["x", "dOut"]) }),
  passes: [halvePass(["x", "dOut"]), ...vectorSplit.passes],
  features: ["shader-f16"],
  errorFactor: halvesError((shape) => gradWeightGemm(shape).gemmK),
};

export const subgroupMatrix: Rung<Conv2dShape> = {
  ...halves,
  id: "conv2d-grad-weight/13-subgroup-matrix",
  change: "products of matrices across a subgroup: tensor cores",
  source: readWgsl(import.meta.url, "./13-subgroup-matrix.wgsl"),
  features: subgroupMatrixFeatures,
  unsupported: needsSubgroupMatrices,
};
