import { ceilDiv, linearWorkgroups, mainPass, readWgsl, type Pass, type Rung } from "@fledge/runtime";
import { halfScratch, halvePass, halvesError } from "../halves.ts";
import { laneTile, laneTiles, needsLanes, needsPlainProduct, tallLaneTile } from "../lanes.ts";
import { needsAll, needsVectors } from "../needs.ts";
import { conv2dParams, type Conv2dShape } from "../shape.ts";
import { needsSubgroupMatrices, subgroupMatrixFeatures } from "../subgroup-matrix.ts";
import { winogradGradInput } from "../winograd.ts";

/** Rows of one stride phase, the pixels that agree in ih % stride and iw % stride; rounded up to the largest phase. */
export function phaseRows({ N, IH, IW, stride }: Conv2dShape): number {
  return N * ceilDiv(IH, stride) * ceilDiv(IW, stride);
}

export const naive: Rung<Conv2dShape> = {
  id: "conv2d-grad-input/01-naive",
  change: "one invocation per input element",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  params: conv2dParams,
  passes: mainPass(({ N, IH, IW, IC }, { WORKGROUP }) => linearWorkgroups(N * IH * IW * IC, WORKGROUP!)),
};

export const noop: Rung<Conv2dShape> = {
  ...naive,
  id: "conv2d-grad-input/00-noop",
  change: "the dispatch floor",
  source: readWgsl(import.meta.url, "./00-noop.wgsl"),
};

/** A workgroup for each BM x BN tile of each phase. */
const tilePasses: readonly Pass<Conv2dShape>[] = mainPass((shape, { BM, BN }) =>
  linearWorkgroups(shape.stride ** 2 * ceilDiv(phaseRows(shape), BM!) * ceilDiv(shape.IC, BN!), 1),
);

export const tiled: Rung<Conv2dShape> = {
  id: "conv2d-grad-input/02-tiled",
  change: "tiles in workgroup memory, rows sorted by stride phase",
  source: readWgsl(import.meta.url, "./02-tiled.wgsl"),
  params: conv2dParams,
  passes: tilePasses,
};

export const registerBlocked: Rung<Conv2dShape> = {
  ...tiled,
  id: "conv2d-grad-input/03-register-blocked",
  change: "1 -> TM x TN sums per invocation",
  source: readWgsl(import.meta.url, "./03-register-blocked.wgsl"),
};

export const vectorised: Rung<Conv2dShape> = {
  ...tiled,
  id: "conv2d-grad-input/04-vectorised",
  change: "loads of four channels",
  source: readWgsl(import.meta.url, "./04-vectorised.wgsl"),
  unsupported: needsVectors,
};

export const pipelined: Rung<Conv2dShape> = {
  ...vectorised,
  id: "conv2d-grad-input/05-pipelined",
  change: "the next tiles are fetched meanwhile; one barrier a step",
  source: readWgsl(import.meta.url, "./05-pipelined.wgsl"),
};

export const registersOnly: Rung<Conv2dShape> = {
  id: "conv2d-grad-input/06-registers-only",
  change: "no workgroup memory: TM x TN sums from loads of one's own",
  source: readWgsl(import.meta.url, "./06-registers-only.wgsl"),
  params: conv2dParams,
  passes: mainPass((shape, { WORKGROUP, TM, TN }) => {
    const blocks = ceilDiv(phaseRows(shape), TM!) * ceilDiv(shape.IC, TN!);
    return linearWorkgroups(shape.stride ** 2 * blocks, WORKGROUP!);
  }),
};

const lanePasses: readonly Pass<Conv2dShape>[] = mainPass((shape, constants) =>
  linearWorkgroups(shape.stride ** 2 * laneTiles(phaseRows(shape), shape.IC, constants), 1),
);

export const laneBroadcast: Rung<Conv2dShape> = {
  id: "conv2d-grad-input/07-lane-broadcast",
  change: "dOut loaded once for all lanes, by vec4f, and shuffled",
  source: readWgsl(import.meta.url, "./07-lane-broadcast.wgsl"),
  constants: ({ IC }) => laneTile(IC),
  params: conv2dParams,
  passes: lanePasses,
  features: ["subgroups"],
  unsupported: needsLanes("IC", "OC"),
};

export const transposedWeight: Rung<Conv2dShape> = {
  ...laneBroadcast,
  id: "conv2d-grad-input/08-transposed-weight",
  change: "weight copied to [KH,KW,OC,IC] first: lanes read neighbouring vectors",
  source: readWgsl(import.meta.url, "./08-transposed-weight.wgsl"),
  scratch: ({ KH, KW, IC, OC }) => ({ transposed: { shape: [KH, KW, OC, IC], dtype: "f32" } }),
  passes: [
    {
      entryPoint: "transpose_weight",
      workgroups: ({ KH, KW, IC, OC }, { WORKGROUP }) => linearWorkgroups((KH * KW * IC * OC) / 16, WORKGROUP!),
    },
    ...lanePasses,
  ],
};

export const gemm1x1: Rung<Conv2dShape> = {
  ...laneBroadcast,
  id: "conv2d-grad-input/09-gemm-1x1",
  change: "1x1: rows of A are rows of dOut, without taps and tests",
  source: readWgsl(import.meta.url, "./09-gemm-1x1.wgsl"),
  constants: ({ N, IH, IW, IC }) => tallLaneTile(N * IH * IW, IC),
  unsupported: needsAll(needsPlainProduct, needsLanes("IC", "OC")),
};

export const winogradTiles: Rung<Conv2dShape> = {
  ...winogradGradInput,
  id: "conv2d-grad-input/10-winograd",
  change: "3x3: F(2x2,3x3), 16 products for 4 sums instead of 36",
  source: readWgsl(import.meta.url, "./10-winograd.wgsl"),
};

export const halves: Rung<Conv2dShape> = {
  ...pipelined,
  id: "conv2d-grad-input/11-f16",
  change: "05 with operands stored as f16",
  source: readWgsl(import.meta.url, "./11-f16.wgsl"),
  scratch: (shape) => halfScratch(shape, ["dOut", "weight"]),
  passes: [halvePass(["dOut", "weight"]), ...tilePasses],
  features: ["shader-f16"],
  errorFactor: halvesError(({ KH, KW, OC }) => KH * KW * OC),
};

export const subgroupMatrix: Rung<Conv2dShape> = {
  ...halves,
  id: "conv2d-grad-input/12-subgroup-matrix",
  change: "products of matrices across a subgroup: tensor cores",
  source: readWgsl(import.meta.url, "./12-subgroup-matrix.wgsl"),
  features: subgroupMatrixFeatures,
  unsupported: needsSubgroupMatrices,
};
