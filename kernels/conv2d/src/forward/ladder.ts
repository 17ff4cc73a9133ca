import {
  ceilDiv,
  ladderOf,
  linearWorkgroups,
  mainPass,
  precisionFeatures,
  type Constants,
  type Pass,
  type TensorSpec,
} from "@fledge/runtime";
import { copies, halfScratch, halvePass, halvesError } from "../halves.ts";
import { laneTile, laneTiles, needsLanes, needsPlainProduct, tallLaneTile } from "../lanes.ts";
import { needsAll, needsQuickCompiler, needsVectors, needsWholeWords, raggedChannels } from "../needs.ts";
import { asGemm, conv2dParams, outputSize, type Conv2dShape } from "../shape.ts";
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
  fusedWinogradForward,
  largeUniformWinogradForward,
  largeWinogradForward,
  largeWinogradPanelsForward,
  uniformWinogradForward,
  winogradForward,
  winogradPanelsForward,
} from "../winograd.ts";

const { ladder, rung } = ladderOf<Conv2dShape>("conv2d-forward", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one output element per invocation",
  params: conv2dParams,
  passes: mainPass((shape, { WORKGROUP }) => {
    const { gemmM, gemmN } = asGemm(shape);
    return linearWorkgroups(gemmM * gemmN, WORKGROUP);
  }),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

/** BM x BN tiles that cover out. */
function tileCount(shape: Conv2dShape, { BM, BN }: Constants): number {
  const { gemmM, gemmN } = asGemm(shape);
  return ceilDiv(gemmM, BM!) * ceilDiv(gemmN, BN!);
}

/** A workgroup for each of them. */
const tilePasses: readonly Pass<Conv2dShape>[] = mainPass((shape, constants) =>
  linearWorkgroups(tileCount(shape, constants), 1),
);

export const tiled = rung("02-tiled", {
  from: naive,
  idea: "tiles in workgroup memory feed 16 invocations",
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
    const { gemmM, gemmN } = asGemm(shape);
    return linearWorkgroups(ceilDiv(gemmM, TM) * ceilDiv(gemmN, TN), WORKGROUP);
  }),
});

export const laneBroadcast = rung("07-lane-broadcast", {
  from: registersOnly,
  idea: "x loaded once for all lanes and shuffled",
  constants: ({ OC }) => laneTile(OC),
  passes: mainPass((shape, constants) => {
    const { gemmM, gemmN } = asGemm(shape);
    return linearWorkgroups(laneTiles(gemmM, gemmN, constants), 1);
  }),
  features: ["subgroups"],
  unsupported: needsLanes("OC"),
});

export const vec4Lanes = rung("08-vec4-lanes", {
  from: laneBroadcast,
  idea: "x loaded by vec4f",
  constants: (shape) => tallLaneTile(asGemm(shape).gemmM, shape.OC),
  unsupported: needsLanes("IC", "OC"),
});

export const gemm1x1 = rung("09-gemm-1x1", {
  from: vec4Lanes,
  idea: "1x1: rows of A are rows of x, no taps, no tests",
  unsupported: needsAll(needsPlainProduct, needsLanes("IC", "OC")),
});

export const winograd = rung("10-winograd", {
  from: gemm1x1,
  idea: "3x3: F(2x2,3x3), 16 products instead of 36",
  ...winogradForward,
});

export const f16 = rung("11-f16", {
  from: pipelined,
  idea: "operands stored as f16",
  constants: copies,
  scratch: (shape) => halfScratch(shape, ["x", "weight"]),
  passes: [halvePass(["x", "weight"]), ...tilePasses],
  features: ["shader-f16"],
  errorFactor: halvesError((shape) => asGemm(shape).gemmK),
});

export const subgroupMatrix = rung("12-subgroup-matrix", {
  from: f16,
  idea: "matrix products across a subgroup: tensor cores",
  features: precisionFeatures.matrix,
  unsupported: needsSubgroupMatrices,
});

export const uniformRows = rung("13-uniform-rows", {
  from: gemm1x1,
  idea: "1x1: x loaded at addresses that all lanes share",
  constants: ({ OC }) => rowTile(OC),
  passes: mainPass((shape, constants) => {
    const { gemmM, gemmN } = asGemm(shape);
    return linearWorkgroups(rowTiles(gemmM, gemmN, constants), 1);
  }),
  features: null,
  unsupported: needsAll(needsSinglePixels, needsVectors),
});

/** Weight in panels of `rows` rows, and the pass that copies it. */
const panels = (shape: Conv2dShape, { LANES }: Constants, rows: number): TensorSpec => ({
  shape: [ceilDiv(shape.OC, 4 * LANES!), rows, LANES!, 4],
  dtype: "f32",
});
const packWeight = (rows: (shape: Conv2dShape) => number): Pass<Conv2dShape> => ({
  entryPoint: "pack_weight",
  workgroups: (shape) => linearWorkgroups(rows(shape), 1),
});

export const weightPanels = rung("14-weight-panels", {
  from: uniformRows,
  idea: "weight copied to panels: lanes read side by side",
  scratch: (shape, constants) => ({ panels: panels(shape, constants, shape.IC) }),
  passes: [packWeight(({ IC }) => IC), ...uniformRows.passes],
});

/** Lines of x that a kernel touches, and the vectors that hold what one of them has for an output pixel. */
const linesOf = (shape: Conv2dShape): { readonly height: number; readonly vectors: number } => ({
  height: (outputSize(shape).OH - 1) * shape.stride + shape.KH,
  vectors: ceilDiv(shape.KW * shape.IC, 4),
});

const needsLines = needsBinding((shape) => {
  const { height, vectors } = linesOf(shape);
  return 16 * shape.N * height * outputSize(shape).OW * vectors;
});

export const kernelLines = rung("15-kernel-lines", {
  from: weightPanels,
  idea: "any kernel: its lines of x copied first",
  scratch: (shape, constants) => {
    const { height, vectors } = linesOf(shape);
    return {
      lines: { shape: [shape.N, height, outputSize(shape).OW, vectors, 4], dtype: "f32" },
      panels: panels(shape, constants, 4 * shape.KH * vectors),
    };
  },
  passes: [
    { entryPoint: "pack_input", workgroups: (shape) => linearWorkgroups(shape.N * linesOf(shape).height, 1) },
    packWeight((shape) => 4 * shape.KH * linesOf(shape).vectors),
    ...uniformRows.passes,
  ],
  unsupported: needsAll((shape) => raggedChannels(shape, ["OC"]), needsLines),
});

export const uniformWinograd = rung("16-uniform-winograd", {
  from: winograd,
  idea: "3x3: the 16 products at shared addresses",
  ...uniformWinogradForward,
});

export const bigTiles = rung("17-big-tiles", {
  from: vectorised,
  idea: "tiles of 128 x 128, 8 x 8 sums an invocation",
});

export const rowOffsets = rung("18-row-offsets", {
  from: bigTiles,
  idea: "where rows of A lie is found once for a tile",
});

export const subgroupTiles = rung("19-subgroup-tiles", {
  from: rowOffsets,
  idea: "a subgroup's lanes on a squarer piece",
  constants: tileOf(asGemm),
  tiles: tilesFor(asGemm),
});

export const prefetched = rung("20-prefetched", {
  from: subgroupTiles,
  idea: "next tiles fetched meanwhile, one barrier a step",
});

export const splitK = rung("21-split-k", {
  from: prefetched,
  idea: "K split over workgroups, then added up in order",
  ...splitProduct(
    {
      gemmK: (shape) => asGemm(shape).gemmK,
      result: (shape) => [shape.N, ...Object.values(outputSize(shape)), shape.OC],
    },
    { tiles: tileCount, perWorkgroup: () => 1, width: 4 },
  ),
});

export const fusedWinograd = rung("22-fused-winograd", {
  from: winograd,
  idea: "3x3: transforms and products in one kernel",
  ...fusedWinogradForward,
});

export const tiles4x4 = rung("23-tiles-4x4", {
  from: winograd,
  idea: "3x3: F(4x4,3x3), 36 products for 144",
  ...largeWinogradForward,
});

export const uniform4x4 = rung("24-uniform-4x4", {
  from: uniformWinograd,
  idea: "3x3: F(4x4,3x3), 36 products for 144",
  ...largeUniformWinogradForward,
});

/** Vectors of a row of A. */
const vectorsOfRow = ({ KH, KW, IC }: Conv2dShape): number => (KH * KW * IC) / 4;

export const packedRows = rung("25-packed-rows", {
  from: vec4Lanes,
  idea: "rows of A copied, a tile's side by side",
  scratch: (shape, { TM }) => ({
    rows: { shape: [ceilDiv(asGemm(shape).gemmM, TM!), vectorsOfRow(shape), TM!, 4], dtype: "f32" },
  }),
  passes: [
    {
      entryPoint: "pack_input",
      workgroups: (shape, { LANES, PIECE }) =>
        linearWorkgroups(ceilDiv(asGemm(shape).gemmM, LANES!) * shape.KH * shape.KW * ceilDiv(shape.IC / 4, PIECE!), 1),
    },
    ...vec4Lanes.passes,
  ],
  unsupported: needsAll(
    needsLanes("IC", "OC"),
    needsBinding((shape) => 16 * vectorsOfRow(shape) * (asGemm(shape).gemmM + 31)),
  ),
});

export const matrixTiles = rung("26-matrix-tiles", {
  from: subgroupMatrix,
  idea: "big tiles for matrix units, fetched ahead",
  ...tilesOfMatrices(asGemm, { split: false }),
});

export const matrixDirect = rung("27-matrix-direct", {
  from: subgroupMatrix,
  idea: "1x1: matrices loaded from where they lie",
  scratch: (shape) => halfScratch(shape, ["weight"]),
  passes: [halvePass(["weight"]), ...tilePasses],
  ...tilesOfDirectMatrices(asGemm, { split: false }),
  unsupported: needsDirectMatrices,
});

export const oneLane = rung("28-one-lane", {
  from: kernelLines,
  idea: "x and weight copied by one lane, by vec4f",
  unsupported: needsAll(needsVectors, needsLines),
});

/** Rows to a lane where operands lie in panels, by how many there are. */
const tall = (shape: Conv2dShape): Constants => panelTile(asGemm(shape).gemmM, shape.OC);

export const tallRows = rung("29-tall-rows", {
  from: uniformRows,
  idea: "48 rows to a lane, a barrier",
  constants: tall,
  unsupported: needsAll(needsSinglePixels, needsVectors, needsWholeWords, needsQuickCompiler),
});

export const tallPanels = rung("30-tall-panels", {
  from: tallRows,
  idea: "weight copied to panels by one lane",
  scratch: weightPanels.scratch!,
  passes: weightPanels.passes!,
});

export const tallLines = rung("31-tall-lines", {
  from: oneLane,
  idea: "48 rows to a lane, a barrier",
  constants: tall,
  unsupported: needsAll(needsVectors, needsLines, needsWholeWords, needsQuickCompiler),
});

/** A padded image's lines and pixels' windows in them: fields of `Params`. */
function windowsOf(shape: Conv2dShape): Readonly<Record<string, number>> {
  const { OH, OW } = outputSize(shape);
  const step = shape.stride * shape.IC;
  const phases = step % 4 === 0 ? 1 : step % 2 === 0 ? 2 : 4;
  const windowVectors = ceilDiv(4 - 4 / phases + shape.KW * shape.IC, 4);
  return {
    height: (OH - 1) * shape.stride + shape.KH,
    lineVectors: Math.floor(((OW - 1) * step) / 4) + windowVectors,
    phases,
    width: ceilDiv(OW, phases),
    windowVectors,
  };
}

export const windows = rung("32-windows", {
  from: kernelLines,
  idea: "short K: padded lines, windows overlap",
  params: (shape) => ({ ...conv2dParams(shape), ...windowsOf(shape) }),
  scratch: (shape, constants) => {
    const { height, lineVectors, phases, windowVectors } = windowsOf(shape);
    const { shape: panel, dtype } = panels(shape, constants, 4 * shape.KH * windowVectors!);
    return {
      lines: { shape: [shape.N, height!, lineVectors!, 4], dtype: "f32" },
      panels: { shape: [phases!, ...panel], dtype },
    };
  },
  passes: [
    { entryPoint: "pack_input", workgroups: (shape) => linearWorkgroups(shape.N * windowsOf(shape).height!, 1) },
    packWeight((shape) => {
      const { phases, windowVectors } = windowsOf(shape);
      return phases! * 4 * shape.KH * windowVectors!;
    }),
    ...mainPass<Conv2dShape>((shape, constants) => {
      const { phases, width } = windowsOf(shape);
      return linearWorkgroups(phases! * rowTiles(shape.N * outputSize(shape).OH * width!, shape.OC, constants), 1);
    }),
  ],
  unsupported: needsAll(
    (shape) => raggedChannels(shape, ["OC"]),
    (shape) => {
      const gemmK = 4 * shape.KH * windowsOf(shape).windowVectors!;
      return gemmK <= 256 ? null : `sums of ${gemmK} products, at most 256 fit in one block`;
    },
    needsBinding((shape) => {
      const { height, lineVectors } = windowsOf(shape);
      return 16 * shape.N * height! * lineVectors!;
    }),
    needsQuickCompiler,
  ),
});

export const panels2x2 = rung("33-panels-2x2", {
  from: uniformWinograd,
  idea: "3x3: both operands in panels",
  ...winogradPanelsForward,
});

export const panels4x4 = rung("34-panels-4x4", {
  from: uniform4x4,
  idea: "3x3: both operands in panels",
  ...largeWinogradPanelsForward,
});
