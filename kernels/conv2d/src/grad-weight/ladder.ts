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
import { laneTile, laneTiles, needsLanes, needsPlainProduct } from "../lanes.ts";
import { needsAll, needsQuickCompiler, needsVectors, raggedChannels } from "../needs.ts";
import { conv2dParams, outputSize, type Conv2dShape } from "../shape.ts";
import {
  needsDirectMatrices,
  needsSubgroupMatrices,
  needsWholeMatrix,
  tilesOfDirectMatrices,
  tilesOfMatrices,
  wholeMatrix,
} from "../subgroup-matrix.ts";
import { tilesFor } from "../tiles.ts";
import { needsBinding, panelTile, rowTile, rowTiles } from "../uniform.ts";
import {
  largeUniformWinogradGradWeight,
  largeWinogradGradWeight,
  largeWinogradPanelsGradWeight,
  uniformWinogradGradWeight,
  winogradGradWeight,
  winogradPanelsGradWeight,
} from "../winograd.ts";
import type { Cover } from "../split.ts";
import { gradWeightGemm, splitOverK } from "./split.ts";

const { ladder, rung } = ladderOf<Conv2dShape>("conv2d-grad-weight", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one weight per invocation",
  params: conv2dParams,
  passes: mainPass((shape, { WORKGROUP }) => {
    const { gemmM, gemmN } = gradWeightGemm(shape);
    return linearWorkgroups(gemmM * gemmN, WORKGROUP);
  }),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

/** BM x BN tiles that cover dWeight. */
function tileCount(shape: Conv2dShape, { BM, BN }: Constants): number {
  const { gemmM, gemmN } = gradWeightGemm(shape);
  return ceilDiv(gemmM, BM) * ceilDiv(gemmN, BN);
}

export const tiled = rung("02-tiled", {
  from: naive,
  idea: "workgroup memory feeds 16 invocations",
  passes: mainPass((shape, constants) => linearWorkgroups(tileCount(shape, constants), 1)),
});

export const registerBlocked = rung("03-register-blocked", {
  from: tiled,
  idea: "1 -> TM x TN sums per invocation",
});

const elementSplit = splitOverK({ tiles: tileCount, perWorkgroup: () => 1, width: 1 });

export const splitK = rung("04-split-k", {
  from: registerBlocked,
  idea: "K split over workgroups, then added up",
  ...elementSplit,
});

const vectorSplit = splitOverK({ tiles: tileCount, perWorkgroup: () => 1, width: 4 });

export const vectorised = rung("05-vectorised", {
  from: splitK,
  idea: "loads of four channels",
  ...vectorSplit,
  unsupported: needsVectors,
});

export const pipelined = rung("06-pipelined", {
  from: vectorised,
  idea: "next tiles fetched meanwhile",
});

export const registersOnly = rung("07-registers-only", {
  from: splitK,
  idea: "TM x TN sums in registers alone",
  ...splitOverK({
    tiles: (shape, { TM, TN }) => {
      const { gemmM, gemmN } = gradWeightGemm(shape);
      return ceilDiv(gemmM, TM) * ceilDiv(gemmN, TN);
    },
    perWorkgroup: ({ WORKGROUP }) => WORKGROUP,
    width: 1,
  }),
});

const laneSplit = splitOverK({
  tiles: (shape, constants) => {
    const { gemmM, gemmN } = gradWeightGemm(shape);
    return laneTiles(gemmM, gemmN, constants);
  },
  perWorkgroup: () => 1,
  width: 4,
});

export const laneBroadcast = rung("08-lane-broadcast", {
  from: registersOnly,
  idea: "x loaded once for all lanes and shuffled",
  constants: ({ OC }) => laneTile(OC),
  ...laneSplit,
  features: ["subgroups"],
  unsupported: needsLanes("OC"),
});

export const vec4Lanes = rung("09-vec4-lanes", {
  from: laneBroadcast,
  idea: "x loaded by vec4f",
  unsupported: needsLanes("IC", "OC"),
});

export const gemm1x1 = rung("10-gemm-1x1", {
  from: vec4Lanes,
  idea: "1x1: pixels of x are pixels of dOut, no taps",
  unsupported: needsAll(needsPlainProduct, needsLanes("IC", "OC")),
});

export const winograd = rung("11-winograd", {
  from: gemm1x1,
  idea: "3x3: F(2x2,3x3), 16 products for 36",
  ...winogradGradWeight,
});

export const f16 = rung("12-f16", {
  from: pipelined,
  idea: "operands stored as f16",
  constants: copies,
  scratch: (shape, constants) => ({ ...vectorSplit.scratch(shape, constants), ...halfScratch(shape, ["x", "dOut"]) }),
  passes: [halvePass(["x", "dOut"]), ...vectorSplit.passes],
  features: ["shader-f16"],
  errorFactor: halvesError((shape) => gradWeightGemm(shape).gemmK),
});

export const subgroupMatrix = rung("13-subgroup-matrix", {
  from: f16,
  idea: "tensor cores: a subgroup's matrices",
  features: precisionFeatures.matrix,
  unsupported: needsSubgroupMatrices,
});

/** Steps of four pixels along K. */
const stepsOfK = (shape: Conv2dShape): number => ceilDiv(gradWeightGemm(shape).gemmK, 4);

/** The copy of A: panels of TM rows, a vector for each row and step. */
const quadsOf = (shape: Conv2dShape, { TM }: Constants): TensorSpec => ({
  shape: [ceilDiv(gradWeightGemm(shape).gemmM, TM!), stepsOfK(shape), TM!, 4],
  dtype: "f32",
});
const needsQuads = needsBinding((shape) => 4 * 4 * stepsOfK(shape) * (gradWeightGemm(shape).gemmM + 47));

/** How quads cover dWeight once. */
const quadCover: Cover = {
  tiles: (shape, constants) => {
    const { gemmM, gemmN } = gradWeightGemm(shape);
    return rowTiles(gemmM, gemmN, constants);
  },
  perWorkgroup: () => 1,
  width: 4,
};
const quadSplit = splitOverK(quadCover);

export const pixelQuads = rung("14-pixel-quads", {
  from: vec4Lanes,
  idea: "A copied, a step's 4 pixels side by side",
  constants: ({ OC }) => rowTile(OC),
  ...quadSplit,
  scratch: (shape, constants) => ({
    ...quadSplit.scratch(shape, constants),
    quads: quadsOf(shape, constants),
  }),
  passes: [
    { entryPoint: "pack_input", workgroups: (shape) => linearWorkgroups(shape.KH * stepsOfK(shape), 1) },
    ...quadSplit.passes,
  ],
  features: null,
  unsupported: needsAll((shape) => raggedChannels(shape, ["OC"]), needsQuads),
});

export const tileQuads = rung("15-tile-quads", {
  from: winograd,
  idea: "a step's 4 tiles side by side",
  ...uniformWinogradGradWeight,
});

export const bigTiles = rung("16-big-tiles", {
  from: vectorised,
  idea: "tiles of 128 x 128, 8 x 8 sums an invocation",
});

export const rowOffsets = rung("17-row-offsets", {
  from: bigTiles,
  idea: "where rows of A lie is found once for a tile",
});

export const subgroupTiles = rung("18-subgroup-tiles", {
  from: rowOffsets,
  idea: "a subgroup's lanes on a squarer piece",
  tiles: tilesFor(gradWeightGemm),
});

export const prefetched = rung("19-prefetched", {
  from: subgroupTiles,
  idea: "next tiles fetched meanwhile",
});

export const tiles4x4 = rung("20-tiles-4x4", {
  from: winograd,
  idea: "3x3: F(4x4,3x3), 36 products for 144",
  ...largeWinogradGradWeight,
});

export const quads4 = rung("21-quads-4", {
  from: tileQuads,
  idea: "3x3: F(4x4,3x3), 36 products for 144",
  ...largeUniformWinogradGradWeight,
});

export const quadLanes = rung("22-quad-lanes", {
  from: pixelQuads,
  idea: "A copied by vec4f, loaded once, shuffled",
  // 32 rows to a lane where there are so many, as splits make up for tiles.
  constants: (shape) => ({ ...laneTile(shape.OC), TM: gradWeightGemm(shape).gemmM >= 32 ? 32 : 16 }),
  ...laneSplit,
  scratch: (shape, constants) => ({ ...laneSplit.scratch(shape, constants), quads: quadsOf(shape, constants) }),
  passes: [
    {
      entryPoint: "pack_input",
      workgroups: (shape, { STEPS }) => linearWorkgroups(shape.KH * ceilDiv(stepsOfK(shape), STEPS!), 1),
    },
    ...laneSplit.passes,
  ],
  features: ["subgroups"],
  unsupported: needsAll(needsLanes("IC", "OC"), needsQuads),
});

export const matrixTiles = rung("23-matrix-tiles", {
  from: subgroupMatrix,
  idea: "big tiles for matrix units, fetched ahead",
  ...elementSplit,
  scratch: (shape, constants) => ({
    partials: wholeMatrix(elementSplit.scratch(shape, constants)["partials"]!),
    ...halfScratch(shape, ["x", "dOut"]),
  }),
  passes: [halvePass(["x", "dOut"]), ...elementSplit.passes],
  ...tilesOfMatrices(gradWeightGemm, { split: true }),
  unsupported: needsWholeMatrix((shape) => gradWeightGemm(shape).gemmM * gradWeightGemm(shape).gemmN),
});

export const matrixDirect = rung("24-matrix-direct", {
  from: subgroupMatrix,
  idea: "1x1: matrices loaded from where they lie",
  ...elementSplit,
  scratch: (shape, constants) => ({ partials: wholeMatrix(elementSplit.scratch(shape, constants)["partials"]!) }),
  passes: elementSplit.passes.map((pass): Pass<Conv2dShape> => {
    if (pass.entryPoint !== "total") return pass;
    // `total` adds the pixels that fill no matrix too, where there are any.
    const ownGrid = ({ IC, OC }: Conv2dShape, { WORKGROUP }: Constants) => linearWorkgroups(IC * OC, WORKGROUP!);
    return {
      ...pass,
      workgroups: (shape, constants) =>
        gradWeightGemm(shape).gemmK % 16 === 0 ? pass.workgroups(shape, constants) : ownGrid(shape, constants),
    };
  }),
  ...tilesOfDirectMatrices(gradWeightGemm, { split: true }),
  unsupported: needsDirectMatrices,
});

export const touchedAhead = rung("25-touched-ahead", {
  from: pixelQuads,
  idea: "dOut's lines touched before gathers",
});

export const oneLane = rung("26-one-lane", {
  from: touchedAhead,
  idea: "A copied by one lane, by vec4f",
  unsupported: needsAll(needsVectors, needsQuads),
});

/** Lines of a padded image, and steps of four pixels in a line of dOut: fields of `Params`. */
function paddedLines(shape: Conv2dShape): {
  readonly height: number;
  readonly lineSteps: number;
  readonly lineWords: number;
} {
  const { OH, OW } = outputSize(shape);
  const lineSteps = ceilDiv(OW, 4);
  const pixels = (4 * lineSteps - 1) * shape.stride + shape.KW;
  return { height: (OH - 1) * shape.stride + shape.KH, lineSteps, lineWords: 4 * ceilDiv(pixels * shape.IC, 4) };
}

/** Vectors that hold a channel's weights. */
const kernelVectors = (shape: Conv2dShape): number => ceilDiv(gradWeightGemm(shape).gemmM, 4);

/** Tiles of TM channels of out by 4 * LANES words of the kernel. */
const transposedTiles = (shape: Conv2dShape, constants: Constants): number =>
  rowTiles(shape.OC, gradWeightGemm(shape).gemmM, constants);

const transposedSplit = splitOverK({ tiles: transposedTiles, perWorkgroup: () => 1, width: 4 });
const transposedSplits = (shape: Conv2dShape, constants: Constants): number =>
  transposedSplit.params(shape, constants)["splits"]!;

export const doutQuads = rung("27-dout-quads", {
  from: pixelQuads,
  idea: "dOut copied, not x, whose taps lanes gather",
  constants: ({ OC }) => ({ TM: OC <= 16 ? 16 : OC <= 32 ? 32 : 64 }),
  params: (shape, constants) => ({ ...transposedSplit.params(shape, constants), ...paddedLines(shape) }),
  scratch: (shape, constants) => {
    const { height, lineSteps, lineWords } = paddedLines(shape);
    const steps = shape.N * outputSize(shape).OH * lineSteps;
    return {
      lines: { shape: [shape.N, height, lineWords], dtype: "f32" },
      quads: { shape: [ceilDiv(shape.OC, constants["TM"]!), steps, constants["TM"]!, 4], dtype: "f32" },
      partials: { shape: [transposedSplits(shape, constants), shape.OC, kernelVectors(shape), 4], dtype: "f32" },
    };
  },
  passes: [
    { entryPoint: "pad_input", workgroups: (shape) => linearWorkgroups(shape.N * paddedLines(shape).height, 1) },
    {
      entryPoint: "pack_gradient",
      workgroups: (shape) => linearWorkgroups(shape.N * outputSize(shape).OH * paddedLines(shape).lineSteps, 1),
    },
    ...mainPass<Conv2dShape>((shape, constants) =>
      linearWorkgroups(transposedTiles(shape, constants) * transposedSplits(shape, constants), 1),
    ),
    {
      entryPoint: "total",
      workgroups: (shape, { WORKGROUP }) => linearWorkgroups(shape.OC * kernelVectors(shape), WORKGROUP!),
    },
  ],
  unsupported: needsAll(
    (shape) => raggedChannels(shape, ["OC"]),
    needsBinding((shape) => {
      const { height, lineSteps, lineWords } = paddedLines(shape);
      const quads = 16 * shape.N * outputSize(shape).OH * lineSteps * (shape.OC + 63);
      return Math.max(4 * shape.N * height * lineWords, quads);
    }),
    needsQuickCompiler,
  ),
});

export const shuffled = rung("28-shuffled", {
  from: doutQuads,
  idea: "dOut's copy loaded once and shuffled",
  features: ["subgroups"],
  unsupported: needsAll(needsLanes("OC"), doutQuads.unsupported!),
});

/** Fewer splits: what a lane sums in registers joins what is stored, so a split saves it nothing. */
const tallSplit = splitOverK({ ...quadCover, enough: 64 });

/** A tile and, in WHOLE, whether one split is enough for the workgroups that it makes. */
const whole = (shape: Conv2dShape, tile: Constants): Constants => ({
  ...tile,
  WHOLE: tallSplit.params(shape, tile)["splits"] === 1 ? 1 : 0,
});

export const tall = rung("29-tall", {
  from: oneLane,
  idea: "48 rows to a lane, a barrier",
  ...tallSplit,
  constants: (shape) => whole(shape, panelTile(gradWeightGemm(shape).gemmM, shape.OC)),
  scratch: (shape, constants) => ({ ...tallSplit.scratch(shape, constants), quads: quadsOf(shape, constants) }),
  passes: [pixelQuads.passes![0]!, ...tallSplit.passes],
  unsupported: needsAll(oneLane.unsupported!, needsQuickCompiler),
});

export const plain = rung("30-plain", {
  from: tall,
  idea: "1x1: x turned round as it is used",
  constants: (shape) => whole(shape, { ...rowTile(shape.OC), TM: 64 }),
  scratch: tallSplit.scratch,
  passes: tallSplit.passes,
  unsupported: needsAll(needsPlainProduct, needsVectors, needsQuickCompiler),
});

export const panels = rung("31-panels", {
  from: tileQuads,
  idea: "3x3: both operands in panels",
  ...winogradPanelsGradWeight,
});

export const panels4 = rung("32-panels-4", {
  from: quads4,
  idea: "3x3: both operands in panels",
  ...largeWinogradPanelsGradWeight,
});
