import { ceilDiv, ladderOf, linearWorkgroups, mainPass, type Pass, type TensorSpec } from "@fledge/runtime";
import { needsBlocks, needsQuads } from "../quads.ts";
import { rowCount, type BatchnormStatisticsShape } from "../shape.ts";
import { longStripsOf, stripsOf, TREE_STRIP_ROWS, type Strips } from "../strips.ts";

type Shape = BatchnormStatisticsShape;

const momentumParams = (shape: Shape) => ({
  momentum: shape.momentum,
  unbias: rowCount(shape) / (rowCount(shape) - 1),
});

const stripParams = (shape: Shape, strips = stripsOf(shape)) => ({
  rows: rowCount(shape),
  ...strips,
  ...momentumParams(shape),
});

const quadParams = (shape: Shape, strips = stripsOf(shape)) => ({ quads: shape.C / 4, ...stripParams(shape, strips) });

const partials = (shape: Shape, { strips } = stripsOf(shape)): Record<string, TensorSpec> => ({
  partials: { shape: [2, strips, shape.C], dtype: "f32" },
});

/** Strips of rows, then the strips combined; an invocation has `width` channels. */
const stripPasses = (width: number): readonly Pass<Shape>[] => [
  {
    entryPoint: "stripMoments",
    workgroups: (shape, { WORKGROUP }) => linearWorkgroups((stripsOf(shape).strips * shape.C) / width, WORKGROUP),
  },
  { entryPoint: "combine", workgroups: ({ C }, { WORKGROUP }) => linearWorkgroups(C / width, WORKGROUP) },
];

/** The strips combined by an invocation, or a subgroup, for each four channels. */
const combineQuads: Pass<Shape> = { entryPoint: "combine", workgroups: ({ C }) => linearWorkgroups(C / 4, 1) };

const { ladder, rung } = ladderOf<Shape>("batchnorm-statistics", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one channel per invocation",
  params: (shape) => ({ rows: rowCount(shape), C: shape.C, ...momentumParams(shape) }),
  passes: mainPass(({ C }, { WORKGROUP }) => linearWorkgroups(C, WORKGROUP)),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

export const splitRows = rung("02-split-rows", {
  from: naive,
  idea: "rows split into strips",
  params: (shape) => ({ C: shape.C, ...stripParams(shape) }),
  scratch: (shape) => partials(shape),
  passes: stripPasses(1),
});

export const singleRead = rung("03-single-read", {
  from: splitRows,
  idea: "x read once, four rows merged at a time",
});

export const vectorised = rung("04-vectorised", {
  from: singleRead,
  idea: "vectors of four channels",
  params: (shape) => quadParams(shape),
  passes: stripPasses(4),
  unsupported: needsQuads,
});

export const shiftedMoments = rung("05-shifted-moments", {
  from: vectorised,
  idea: "two plain sums about row 0",
});

export const wholeColumns = rung("06-whole-columns", {
  from: vectorised,
  idea: "all rows of four channels, in one dispatch",
  params: (shape) => ({ rows: rowCount(shape), quads: shape.C / 4, ...momentumParams(shape) }),
  scratch: null,
  passes: mainPass(({ C }, { WORKGROUP }) => linearWorkgroups(C / 4, WORKGROUP)),
});

const treeStrips = (shape: Shape): Strips => stripsOf(shape, TREE_STRIP_ROWS);

const stripsByTree: Pass<Shape> = {
  entryPoint: "stripMoments",
  workgroups: (shape, { QUADS }) => [ceilDiv(shape.C / 4, QUADS), treeStrips(shape).strips, 1],
};

export const workgroupTree = rung("07-workgroup-tree", {
  from: vectorised,
  idea: "32 invocations share a strip and merge in a tree",
  params: (shape) => quadParams(shape, treeStrips(shape)),
  scratch: (shape) => partials(shape, treeStrips(shape)),
  passes: [stripsByTree, { entryPoint: "combine", workgroups: ({ C }, { QUADS }) => [ceilDiv(C / 4, QUADS), 1, 1] }],
});

export const subgroupShuffle = rung("08-subgroup-shuffle", {
  from: workgroupTree,
  idea: "subgroups merge the strips by shuffles",
  passes: [stripsByTree, combineQuads],
  features: ["subgroups"],
});

export const uniform = rung("09-uniform", {
  from: vectorised,
  idea: "one invocation a workgroup: every address uniform",
  params: (shape) => quadParams(shape, treeStrips(shape)),
  scratch: (shape) => partials(shape, treeStrips(shape)),
  passes: [
    {
      entryPoint: "stripMoments",
      workgroups: (shape) => linearWorkgroups((treeStrips(shape).strips * shape.C) / 16, 1),
    },
    combineQuads,
  ],
  unsupported: needsBlocks,
});

export const touchedAhead = rung("10-touched-ahead", {
  from: uniform,
  idea: "cache lines touched ahead of the gathers",
  params: (shape) => quadParams(shape, longStripsOf(shape)),
  scratch: (shape) => partials(shape, longStripsOf(shape)),
  passes: [
    {
      entryPoint: "stripMoments",
      workgroups: (shape, { LANES }) => linearWorkgroups(longStripsOf(shape).strips * ceilDiv(shape.C / 4, LANES), 1),
    },
    combineQuads,
  ],
  unsupported: needsQuads,
});

export const wideLanes = rung("11-wide-lanes", {
  from: touchedAhead,
  idea: "sixteen lanes side by side",
});
