import { ceilDiv, linearWorkgroups, mainPass, readWgsl, type Pass, type Rung } from "@fledge/runtime";
import { halfScratch, halvePass, halvesError } from "../halves.ts";
import { laneTile, laneTiles, needsLanes, needsPlainProduct, tallLaneTile } from "../lanes.ts";
import { needsAll, needsVectors } from "../needs.ts";
import { asGemm, conv2dParams, type Conv2dShape } from "../shape.ts";
import { needsSubgroupMatrices, subgroupMatrixFeatures } from "../subgroup-matrix.ts";
import { winogradForward } from "../winograd.ts";

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

export const noop: Rung<Conv2dShape> = {
  ...naive,
  id: "conv2d-forward/00-noop",
  change: "the dispatch floor",
  source: readWgsl(import.meta.url, "./00-noop.wgsl"),
};

/** A workgroup for each BM x BN tile. */
const tilePasses: readonly Pass<Conv2dShape>[] = mainPass((shape, { BM, BN }) => {
  const { gemmM, gemmN } = asGemm(shape);
  return linearWorkgroups(ceilDiv(gemmM, BM!) * ceilDiv(gemmN, BN!), 1);
});

export const tiled: Rung<Conv2dShape> = {
  id: "conv2d-forward/02-tiled",
  change: "tiles in workgroup memory: a load feeds 16 invocations",
  source: readWgsl(import.meta.url, "./02-tiled.wgsl"),
  params: conv2dParams,
  passes: tilePasses,
};

export const registerBlocked: Rung<Conv2dShape> = {
  ...tiled,
  id: "conv2d-forward/03-register-blocked",
  change: "1 -> TM x TN sums per invocation",
  source: readWgsl(import.meta.url, "./03-register-blocked.wgsl"),
};

export const vectorised: Rung<Conv2dShape> = {
  ...tiled,
  id: "conv2d-forward/04-vectorised",
  change: "loads of four channels",
  source: readWgsl(import.meta.url, "./04-vectorised.wgsl"),
  unsupported: needsVectors,
};

export const pipelined: Rung<Conv2dShape> = {
  ...vectorised,
  id: "conv2d-forward/05-pipelined",
  change: "the next tiles are fetched meanwhile; one barrier a step",
  source: readWgsl(import.meta.url, "./05-pipelined.wgsl"),
};

export const registersOnly: Rung<Conv2dShape> = {
  id: "conv2d-forward/06-registers-only",
  change: "no workgroup memory: TM x TN sums from loads of one's own",
  source: readWgsl(import.meta.url, "./06-registers-only.wgsl"),
  params: conv2dParams,
  passes: mainPass((shape, { WORKGROUP, TM, TN }) => {
    const { gemmM, gemmN } = asGemm(shape);
    return linearWorkgroups(ceilDiv(gemmM, TM!) * ceilDiv(gemmN, TN!), WORKGROUP!);
  }),
};

export const laneBroadcast: Rung<Conv2dShape> = {
  id: "conv2d-forward/07-lane-broadcast",
  change: "x loaded once for all lanes and shuffled",
  source: readWgsl(import.meta.url, "./07-lane-broadcast.wgsl"),
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
  id: "conv2d-forward/08-vec4-lanes",
  change: "x loaded by vec4f",
  source: readWgsl(import.meta.url, "./08-vec4-lanes.wgsl"),
  unsupported: needsLanes("IC", "OC"),
};

export const gemm1x1: Rung<Conv2dShape> = {
  ...vec4Lanes,
  id: "conv2d-forward/09-gemm-1x1",
  change: "1x1: rows of A are rows of x, without taps and tests",
  source: readWgsl(import.meta.url, "./09-gemm-1x1.wgsl"),
  constants: ({ N, IH, IW, OC }) => tallLaneTile(N * IH * IW, OC),
  unsupported: needsAll(needsPlainProduct, needsLanes("IC", "OC")),
};

export const winogradTiles: Rung<Conv2dShape> = {
  ...winogradForward,
  id: "conv2d-forward/10-winograd",
  change: "3x3: F(2x2,3x3), 16 products for 4 sums instead of 36",
  source: readWgsl(import.meta.url, "./10-winograd.wgsl"),
};

export const halves: Rung<Conv2dShape> = {
  ...pipelined,
  id: "conv2d-forward/11-f16",
  change: "05 with operands stored as f16",
  source: readWgsl(import.meta.url, "./11-f16.wgsl"),
  scratch: (shape) => halfScratch(shape, ["x", "weight"]),
  passes: [halvePass(["x", "weight"]), ...tilePasses],
  features: ["shader-f16"],
  errorFactor: halvesError((shape) => asGemm(shape).gemmK),
};

export const subgroupMatrix: Rung<Conv2dShape> = {
  ...halves,
  id: "conv2d-forward/12-subgroup-matrix",
  change: "products of matrices across a subgroup: tensor cores",
  source: readWgsl(import.meta.url, "./12-subgroup-matrix.wgsl"),
  features: subgroupMatrixFeatures,
  unsupported: needsSubgroupMatrices,
};
