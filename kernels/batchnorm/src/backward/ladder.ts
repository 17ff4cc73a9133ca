import {
  beyondHalfRange,
  ceilDiv,
  ladderOf,
  linearWorkgroups,
  mainPass,
  type Pass,
  type TensorSpec,
} from "@fledge/runtime";
import { needsBlocks, needsKib, needsQuads } from "../quads.ts";
import { elements, rowCount, type BatchnormBackwardShape } from "../shape.ts";
import { KIB_CHANNELS, kibStripsOf, longStripsOf, stripsOf, TREE_STRIP_ROWS, type Strips } from "../strips.ts";

type Shape = BatchnormBackwardShape;

const params = (shape: Shape) => ({ rows: rowCount(shape), C: shape.C, epsilon: shape.epsilon });

const quadParams = (shape: Shape, strips: Strips) => ({
  rows: rowCount(shape),
  quads: shape.C / 4,
  ...strips,
  epsilon: shape.epsilon,
});

/** One element in place of each tensor that this shape does not have. */
const scratch = ({ relu, residual }: Shape): Record<string, TensorSpec> => ({
  ...(relu ? {} : { gate: { shape: [1], dtype: "f32" } }),
  ...(residual ? {} : { dResidual: { shape: [1], dtype: "f32" } }),
});

/** One invocation per strip and `width` channels. */
const byStrips = (entryPoint: string, width: number, strips: (shape: Shape) => Strips = stripsOf): Pass<Shape> => ({
  entryPoint,
  workgroups: (shape, { WORKGROUP }) => linearWorkgroups((strips(shape).strips * shape.C) / width, WORKGROUP),
});

/** Strips of rows, then the strips combined; an invocation has `width` channels. */
const reduction = (width: number, strips: (shape: Shape) => Strips = stripsOf): readonly Pass<Shape>[] => [
  byStrips("stripSums", width, strips),
  { entryPoint: "combine", workgroups: ({ C }, { WORKGROUP }) => linearWorkgroups(C / width, WORKGROUP) },
];

const sumsByChannel: Pass<Shape> = {
  entryPoint: "channelSums",
  workgroups: ({ C }, { WORKGROUP }) => linearWorkgroups(C, WORKGROUP),
};

const gradInputByElement: Pass<Shape> = {
  entryPoint: "gradInput",
  workgroups: (shape, { WORKGROUP }) => linearWorkgroups(elements(shape), WORKGROUP),
};

const gradInputByRows = (width: number): Pass<Shape> => ({
  entryPoint: "gradInput",
  workgroups: (shape, { WORKGROUP, ROWS }) =>
    linearWorkgroups((ceilDiv(rowCount(shape), ROWS) * shape.C) / width, WORKGROUP),
});

/** The strips' sums, and what dX needs of each channel. */
const reductionScratch = (shape: Shape, { strips } = stripsOf(shape)): Record<string, TensorSpec> => ({
  ...scratch(shape),
  partials: { shape: [2, strips, shape.C], dtype: "f32" },
  channels: { shape: [5, shape.C], dtype: "f32" },
});

/** One workgroup per strip and sixteen channels. */
const byBlocks = (entryPoint: string, strips: (shape: Shape) => Strips): Pass<Shape> => ({
  entryPoint,
  workgroups: (shape) => linearWorkgroups((strips(shape).strips * shape.C) / 16, 1),
});

const treeStrips = (shape: Shape): Strips => stripsOf(shape, TREE_STRIP_ROWS);

/** The strips combined by an invocation, or a subgroup, for each four channels. */
const combineQuads: Pass<Shape> = { entryPoint: "combine", workgroups: ({ C }) => linearWorkgroups(C / 4, 1) };

const { ladder, rung } = ladderOf<Shape>("batchnorm-backward", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one channel's sums, one element of dX per invocation",
  constants: ({ relu, residual, frozen }) => ({
    RELU: Number(relu),
    RESIDUAL: Number(residual),
    FROZEN: Number(frozen),
  }),
  params,
  scratch,
  passes: [sumsByChannel, gradInputByElement],
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor", constants: null });

export const splitRows = rung("02-split-rows", {
  from: naive,
  idea: "rows split into strips",
  params: (shape) => ({ ...params(shape), ...stripsOf(shape) }),
  scratch: (shape) => reductionScratch(shape),
  passes: [...reduction(1), gradInputByElement],
});

export const severalRows = rung("03-several-rows", {
  from: splitRows,
  idea: "a channel's values loaded once for 8 rows of dX",
  passes: [...reduction(1), gradInputByRows(1)],
});

export const vectorised = rung("04-vectorised", {
  from: severalRows,
  idea: "vectors of four channels",
  params: (shape) => quadParams(shape, stripsOf(shape)),
  passes: [...reduction(4), gradInputByRows(4)],
  unsupported: needsQuads,
});

export const longStrips = rung("05-long-strips", {
  from: vectorised,
  idea: "strips as long as still occupy a CPU's lanes",
  params: (shape) => quadParams(shape, longStripsOf(shape)),
  scratch: (shape) => reductionScratch(shape, longStripsOf(shape)),
  passes: [...reduction(4, longStripsOf), byStrips("gradInput", 4, longStripsOf)],
});

export const wholeColumns = rung("06-whole-columns", {
  from: longStrips,
  idea: "all rows of four channels in one dispatch",
  params: (shape) => ({ rows: rowCount(shape), quads: shape.C / 4, epsilon: shape.epsilon }),
  scratch,
  passes: mainPass(({ C }, { WORKGROUP }) => linearWorkgroups(C / 4, WORKGROUP)),
});

export const workgroupTree = rung("07-workgroup-tree", {
  from: vectorised,
  idea: "32 invocations share a strip and add up in a tree",
  params: (shape) => quadParams(shape, treeStrips(shape)),
  scratch: (shape) => reductionScratch(shape, treeStrips(shape)),
  passes: [
    {
      entryPoint: "stripSums",
      workgroups: (shape, { QUADS }) => [ceilDiv(shape.C / 4, QUADS), treeStrips(shape).strips, 1],
    },
    { entryPoint: "combine", workgroups: ({ C }, { QUADS }) => [ceilDiv(C / 4, QUADS), 1, 1] },
    gradInputByRows(4),
  ],
});

export const uniform = rung("08-uniform", {
  from: longStrips,
  idea: "one invocation a workgroup: every address uniform",
  params: (shape) => quadParams(shape, treeStrips(shape)),
  scratch: (shape) => reductionScratch(shape, treeStrips(shape)),
  passes: [byBlocks("stripSums", treeStrips), combineQuads, byBlocks("gradInput", treeStrips)],
  unsupported: needsBlocks,
});

export const touchedAhead = rung("09-touched-ahead", {
  from: uniform,
  idea: "cache lines touched ahead of the gathers",
  params: (shape) => quadParams(shape, longStripsOf(shape)),
  scratch: (shape) => reductionScratch(shape, longStripsOf(shape)),
  passes: [
    {
      entryPoint: "stripSums",
      workgroups: (shape, { LANES }) => linearWorkgroups(longStripsOf(shape).strips * ceilDiv(shape.C / 4, LANES), 1),
    },
    combineQuads,
    {
      entryPoint: "gradInput",
      workgroups: (shape, { ROWS }) => linearWorkgroups((ceilDiv(rowCount(shape), ROWS) * shape.C) / 16, 1),
    },
  ],
});

export const wideLanes = rung("10-wide-lanes", {
  from: touchedAhead,
  idea: "sixteen lanes side by side in the sums",
});

/** From this many bytes on, x and dOut are no longer in a cache when gradInput comes to them. */
const LARGE_BYTES = 2 ** 23;

export const counted = rung("11-counted", {
  from: wideLanes,
  idea: "gradInput in turns counted from 0",
  constants: (shape) => ({
    TOUCH: Number(4 * elements(shape) >= LARGE_BYTES),
    RELU: Number(shape.relu),
    RESIDUAL: Number(shape.residual),
    FROZEN: Number(shape.frozen),
  }),
  unsupported: (shape) => needsBlocks(shape) ?? beyondHalfRange(elements(shape)),
});

export const long = rung("12-long", {
  from: counted,
  idea: "sums read 256 channels of a row in one piece",
  params: (shape) => quadParams(shape, kibStripsOf(shape)),
  scratch: (shape) => reductionScratch(shape, kibStripsOf(shape)),
  passes: [
    {
      entryPoint: "stripSums",
      workgroups: (shape) => linearWorkgroups((kibStripsOf(shape).strips * shape.C) / KIB_CHANNELS, 1),
    },
    combineQuads,
    {
      entryPoint: "gradInput",
      workgroups: (shape, { ROWS }) => linearWorkgroups((ceilDiv(rowCount(shape), ROWS) * shape.C) / 16, 1),
    },
  ],
  unsupported: (shape) => needsKib(shape) ?? beyondHalfRange(elements(shape)),
});
