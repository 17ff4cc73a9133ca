import {
  ceilDiv,
  ladderOf,
  linearWorkgroups,
  mainPass,
  precisionFeatures,
  type Constants,
  type Pass,
} from "@fledge/runtime";
import { copies, halfScratch, halvePass, halvesError } from "../halves.ts";
import { laneTiles, needsLanes, needsPlainProduct, tallLaneTile } from "../lanes.ts";
import { needsAll, needsQuickCompiler, needsVectors, needsWholeWords } from "../needs.ts";
import { conv2dParams, type Conv2dShape } from "../shape.ts";
import { splitProduct } from "../split.ts";
import {
  needsDirectMatrices,
  needsSubgroupMatrices,
  tilesOfDirectMatrices,
  tilesOfMatrices,
} from "../subgroup-matrix.ts";
import { tileOf, tilesFor } from "../tiles.ts";
import { needsBinding, needsSinglePixels, panelTile, rowTile, rowTiles } from "../uniform.ts";
import {
  fusedWinogradGradInput,
  largeUniformWinogradGradInput,
  largeWinogradGradInput,
  largeWinogradPanelsGradInput,
  uniformWinogradGradInput,
  winogradGradInput,
  winogradPanelsGradInput,
} from "../winograd.ts";

const { ladder, rung } = ladderOf<Conv2dShape>("conv2d-grad-input", import.meta.url);
export { ladder };

/** Rows of one stride phase, the pixels that agree in ih % stride and iw % stride; rounded up to the largest phase. */
export function phaseRows({ N, IH, IW, stride }: Conv2dShape): number {
  return N * ceilDiv(IH, stride) * ceilDiv(IW, stride);
}

export const naive = rung("01-naive", {
  idea: "one element of dX per invocation",
  params: conv2dParams,
  passes: mainPass(({ N, IH, IW, IC }, { WORKGROUP }) => linearWorkgroups(N * IH * IW * IC, WORKGROUP)),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

/** BM x BN tiles that cover all phases. */
const tileCount = (shape: Conv2dShape, { BM, BN }: Constants): number =>
  shape.stride ** 2 * ceilDiv(phaseRows(shape), BM!) * ceilDiv(shape.IC, BN!);

/** A workgroup for each of them. */
const tilePasses: readonly Pass<Conv2dShape>[] = mainPass((shape, constants) =>
  linearWorkgroups(tileCount(shape, constants), 1),
);

export const tiled = rung("02-tiled", {
  from: naive,
  idea: "tiles in workgroup memory, sorted by stride phase",
  passes: tilePasses,
});

export const registerBlocked = rung("03-register-blocked", {
  from: tiled,
  idea: "1 -> TM x TN sums per invocation",
});

export const vectorised = rung("04-vectorised", {
  from: registerBlocked,
  idea: "loads of four channels",
  unsupported: needsVectors,
});

export const pipelined = rung("05-pipelined", {
  from: vectorised,
  idea: "next tiles fetched meanwhile, one barrier a step",
});

export const registersOnly = rung("06-registers-only", {
  from: naive,
  idea: "TM x TN sums in registers, no workgroup memory",
  passes: mainPass((shape, { WORKGROUP, TM, TN }) => {
    const blocks = ceilDiv(phaseRows(shape), TM) * ceilDiv(shape.IC, TN);
    return linearWorkgroups(shape.stride ** 2 * blocks, WORKGROUP);
  }),
});

const lanePasses: readonly Pass<Conv2dShape>[] = mainPass((shape, constants) =>
  linearWorkgroups(shape.stride ** 2 * laneTiles(phaseRows(shape), shape.IC, constants), 1),
);

export const laneBroadcast = rung("07-lane-broadcast", {
  from: registersOnly,
  idea: "dOut loaded once for all lanes, by vec4f, shuffled",
  constants: (shape) => tallLaneTile(shape.stride ** 2 * phaseRows(shape), shape.IC),
  passes: lanePasses,
  features: ["subgroups"],
  unsupported: needsLanes("IC", "OC"),
});

export const transposedWeight = rung("08-transposed-weight", {
  from: laneBroadcast,
  idea: "weight transposed first: lanes read side by side",
  scratch: ({ KH, KW, IC, OC }) => ({ transposed: { shape: [KH, KW, OC, IC], dtype: "f32" } }),
  passes: [
    {
      entryPoint: "transpose_weight",
      workgroups: ({ KH, KW, IC, OC }, { WORKGROUP }) => linearWorkgroups((KH * KW * IC * OC) / 16, WORKGROUP),
    },
    ...lanePasses,
  ],
});

export const gemm1x1 = rung("09-gemm-1x1", {
  from: laneBroadcast,
  idea: "1x1: rows of A are rows of dOut, no taps, no tests",
  unsupported: needsAll(needsPlainProduct, needsLanes("IC", "OC")),
});

export const winograd = rung("10-winograd", {
  from: gemm1x1,
  idea: "3x3: F(2x2,3x3), 16 products instead of 36",
  ...winogradGradInput,
});

export const f16 = rung("11-f16", {
  from: pipelined,
  idea: "operands stored as f16",
  constants: copies,
  scratch: (shape) => halfScratch(shape, ["dOut", "weight"]),
  passes: [halvePass(["dOut", "weight"]), ...tilePasses],
  features: ["shader-f16"],
  errorFactor: halvesError(({ KH, KW, OC }) => KH * KW * OC),
});

export const subgroupMatrix = rung("12-subgroup-matrix", {
  from: f16,
  idea: "matrix products across a subgroup: tensor cores",
  features: precisionFeatures.matrix,
  unsupported: needsSubgroupMatrices,
});

const rowPasses: readonly Pass<Conv2dShape>[] = mainPass((shape, constants) =>
  linearWorkgroups(shape.stride ** 2 * rowTiles(phaseRows(shape), shape.IC, constants), 1),
);

export const uniformRows = rung("13-uniform-rows", {
  from: gemm1x1,
  idea: "1x1: dOut loaded at addresses that all lanes share",
  constants: ({ IC }) => rowTile(IC),
  passes: rowPasses,
  features: null,
  unsupported: needsAll(needsPlainProduct, needsVectors),
});

/** Lines and columns of dOut's padded copy: as many zeros before and behind as the taps of a phase reach. */
function paddedSize({ IH, IW, KH, KW, stride, padding }: Conv2dShape): readonly [height: number, width: number] {
  const along = (size: number, kernel: number): number =>
    ceilDiv(kernel, stride) - 1 + ceilDiv(size, stride) + ceilDiv(padding, stride);
  return [along(IH, KH), along(IW, KW)];
}

export const paddedGradient = rung("14-padded-gradient", {
  from: uniformRows,
  idea: "any kernel: dOut padded, weight transposed, no test",
  scratch: (shape, { LANES }) => ({
    padded: { shape: [shape.N, ...paddedSize(shape), shape.OC], dtype: "f32" },
    panels: { shape: [ceilDiv(shape.IC, 4 * LANES!), shape.KH * shape.KW * shape.OC, LANES!, 4], dtype: "f32" },
  }),
  passes: [
    { entryPoint: "pad_gradient", workgroups: (shape) => linearWorkgroups(shape.N * paddedSize(shape)[0], 1) },
    { entryPoint: "pack_weight", workgroups: ({ KH, KW, OC }) => linearWorkgroups((KH * KW * OC) / 4, 1) },
    ...rowPasses,
  ],
  unsupported: needsAll(
    needsVectors,
    needsBinding((shape) => {
      const [height, width] = paddedSize(shape);
      return 4 * shape.N * height * width * shape.OC;
    }),
  ),
});

export const uniformWinograd = rung("15-uniform-winograd", {
  from: winograd,
  idea: "3x3: the 16 products at shared addresses",
  ...uniformWinogradGradInput,
});

export const bigTiles = rung("16-big-tiles", {
  from: vectorised,
  idea: "tiles of 128 x 128, 8 x 8 sums an invocation",
});

export const rowOffsets = rung("17-row-offsets", {
  from: bigTiles,
  idea: "where rows of A lie is found once for a tile",
});

const phaseSides = (shape: Conv2dShape): { gemmM: number; gemmN: number } => ({
  gemmM: phaseRows(shape),
  gemmN: shape.IC,
});

export const subgroupTiles = rung("18-subgroup-tiles", {
  from: rowOffsets,
  idea: "a subgroup's lanes on a squarer piece",
  constants: tileOf(phaseSides),
  tiles: tilesFor(phaseSides),
});

export const prefetched = rung("19-prefetched", {
  from: subgroupTiles,
  idea: "next tiles fetched meanwhile, one barrier a step",
});

export const splitK = rung("20-split-k", {
  from: prefetched,
  idea: "K split over workgroups, then added up in order",
  ...splitProduct(
    {
      gemmK: ({ KH, KW, OC, stride }) => ceilDiv(KH, stride) * ceilDiv(KW, stride) * OC,
      result: ({ N, IH, IW, IC }) => [N, IH, IW, IC],
    },
    { tiles: tileCount, perWorkgroup: () => 1, width: 4 },
  ),
});

export const fusedWinograd = rung("21-fused-winograd", {
  from: winograd,
  idea: "3x3: transforms and products in one kernel",
  ...fusedWinogradGradInput,
});

export const tiles4x4 = rung("22-tiles-4x4", {
  from: winograd,
  idea: "3x3: F(4x4,3x3), 36 products for 144",
  ...largeWinogradGradInput,
});

export const uniform4x4 = rung("23-uniform-4x4", {
  from: uniformWinograd,
  idea: "3x3: F(4x4,3x3), 36 products for 144",
  ...largeUniformWinogradGradInput,
});

/** Taps of the phase that has the most. */
const mostTaps = ({ KH, KW, stride }: Conv2dShape): number => ceilDiv(KH, stride) * ceilDiv(KW, stride);

/** Vectors of a row of A, of the phase that has the most taps. */
const vectorsOfRow = (shape: Conv2dShape): number => (mostTaps(shape) * shape.OC) / 4;

export const packedRows = rung("24-packed-rows", {
  from: laneBroadcast,
  idea: "rows of A copied, a tile's side by side",
  scratch: (shape, { TM }) => ({
    rows: { shape: [shape.stride ** 2, ceilDiv(phaseRows(shape), TM!), vectorsOfRow(shape), TM!, 4], dtype: "f32" },
  }),
  passes: [
    {
      entryPoint: "pack_gradient",
      workgroups: (shape, { LANES, PIECE }) =>
        linearWorkgroups(ceilDiv(phaseRows(shape), LANES!) * shape.KH * shape.KW * ceilDiv(shape.OC / 4, PIECE!), 1),
    },
    ...lanePasses,
  ],
  unsupported: needsAll(
    needsLanes("IC", "OC"),
    needsBinding((shape) => 16 * shape.stride ** 2 * vectorsOfRow(shape) * (phaseRows(shape) + 31)),
  ),
});

/** The rows of all phases together. */
const allSides = (shape: Conv2dShape): { gemmM: number; gemmN: number } => ({
  gemmM: shape.stride ** 2 * phaseRows(shape),
  gemmN: shape.IC,
});

export const matrixTiles = rung("25-matrix-tiles", {
  from: subgroupMatrix,
  idea: "big tiles for matrix units, fetched ahead",
  ...tilesOfMatrices(allSides, { split: false }),
});

export const matrixDirect = rung("26-matrix-direct", {
  from: subgroupMatrix,
  idea: "1x1: matrices loaded from where they lie",
  scratch: (shape) => halfScratch(shape, ["weight"]),
  passes: [halvePass(["weight"]), ...tilePasses],
  ...tilesOfDirectMatrices(allSides, { split: false }),
  unsupported: needsDirectMatrices,
});

export const stridedRows = rung("27-strided-rows", {
  from: uniformRows,
  idea: "1x1 of any stride, zeros between by one lane",
  passes: [
    {
      entryPoint: "clear",
      workgroups: ({ N, IH, stride }) => (stride === 1 ? null : linearWorkgroups(N * IH, 1)),
    },
    ...mainPass<Conv2dShape>((shape, constants) =>
      linearWorkgroups(rowTiles(phaseRows(shape), shape.IC, constants), 1),
    ),
  ],
  unsupported: needsAll(needsSinglePixels, needsVectors),
});

/** Stride phases that have taps. */
const phasesWithTaps = ({ KH, KW, stride }: Conv2dShape): number => Math.min(KH, stride) * Math.min(KW, stride);

export const rowPanels = rung("28-row-panels", {
  from: paddedGradient,
  idea: "rows of A in panels too, 48 to a tile",
  constants: (shape) => panelTile(phaseRows(shape), shape.IC),
  scratch: (shape, { TM, LANES }) => ({
    rows: {
      shape: [phasesWithTaps(shape), ceilDiv(phaseRows(shape), TM!), vectorsOfRow(shape), TM!, 4],
      dtype: "f32",
    },
    panels: {
      shape: [phasesWithTaps(shape), ceilDiv(shape.IC, 4 * LANES!), 4 * vectorsOfRow(shape), LANES!, 4],
      dtype: "f32",
    },
  }),
  passes: [
    {
      entryPoint: "clear",
      workgroups: ({ N, IH, KH, KW, stride }) => (stride <= Math.min(KH, KW) ? null : linearWorkgroups(N * IH, 1)),
    },
    {
      entryPoint: "pack_rows",
      workgroups: (shape, { TM }) =>
        linearWorkgroups(phasesWithTaps(shape) * ceilDiv(phaseRows(shape), TM!) * mostTaps(shape), 1),
    },
    {
      entryPoint: "pack_columns",
      workgroups: (shape, { LANES, PIECE }) => {
        const blocks = ceilDiv(shape.IC, 4 * LANES!) * ceilDiv(shape.OC, 4 * PIECE!);
        return linearWorkgroups(phasesWithTaps(shape) * mostTaps(shape) * blocks, 1);
      },
    },
    ...mainPass<Conv2dShape>((shape, constants) =>
      linearWorkgroups(phasesWithTaps(shape) * rowTiles(phaseRows(shape), shape.IC, constants), 1),
    ),
  ],
  unsupported: needsAll(
    needsVectors,
    needsWholeWords,
    needsQuickCompiler,
    needsBinding((shape) => 16 * phasesWithTaps(shape) * vectorsOfRow(shape) * (phaseRows(shape) + 47)),
    needsBinding((shape) => 16 * phasesWithTaps(shape) * vectorsOfRow(shape) * (shape.IC + 63)),
  ),
});

export const tallRows = rung("29-tall-rows", {
  from: rowPanels,
  idea: "1x1: dOut's rows as they lie",
  scratch: (shape, { LANES }) => ({
    panels: { shape: [ceilDiv(shape.IC, 4 * LANES!), shape.OC, LANES!, 4], dtype: "f32" },
  }),
  passes: [
    {
      entryPoint: "pack_columns",
      workgroups: ({ IC, OC }, { LANES, PIECE }) =>
        linearWorkgroups(ceilDiv(IC, 4 * LANES!) * ceilDiv(OC, 4 * PIECE!), 1),
    },
    ...uniformRows.passes,
  ],
  unsupported: needsAll(needsPlainProduct, needsVectors, needsWholeWords, needsQuickCompiler),
});

export const panels2x2 = rung("30-panels-2x2", {
  from: uniformWinograd,
  idea: "3x3: both operands in panels",
  ...winogradPanelsGradInput,
});

export const panels4x4 = rung("31-panels-4x4", {
  from: uniform4x4,
  idea: "3x3: both operands in panels",
  ...largeWinogradPanelsGradInput,
});
