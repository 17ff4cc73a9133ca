import { ceilDiv, linearWorkgroups, mainPass, readWgsl, type Pass, type Rung, type TensorSpec } from "@fledge/runtime";
import { needsQuads } from "../quads.ts";
import { rowCount, type BatchnormStatisticsShape } from "../shape.ts";
import { stripsOf, TREE_STRIP_ROWS, type Strips } from "../strips.ts";

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

const byChannel = mainPass<Shape>(({ C }, { WORKGROUP_SIZE }) => linearWorkgroups(C, WORKGROUP_SIZE));

/** Strips of rows, then the strips combined; an invocation has `width` channels. */
const stripPasses = (width: number): readonly Pass<Shape>[] => [
  {
    entryPoint: "stripMoments",
    workgroups: (shape, { WORKGROUP_SIZE }) =>
      linearWorkgroups((stripsOf(shape).strips * shape.C) / width, WORKGROUP_SIZE),
  },
  { entryPoint: "combine", workgroups: ({ C }, { WORKGROUP_SIZE }) => linearWorkgroups(C / width, WORKGROUP_SIZE) },
];

/** Rung 00: the dispatch floor. */
export const noop: Rung<Shape> = {
  id: "batchnorm-statistics/00-noop",
  change: "the dispatch floor",
  source: readWgsl(import.meta.url, "./00-noop.wgsl"),
  params: (shape) => ({ rows: rowCount(shape), C: shape.C, ...momentumParams(shape) }),
  passes: byChannel,
};

/** Rung 01: one invocation per channel. */
export const naive: Rung<Shape> = {
  id: "batchnorm-statistics/01-naive",
  change: "the first rung",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  params: (shape) => ({ rows: rowCount(shape), C: shape.C, ...momentumParams(shape) }),
  passes: byChannel,
};

/** Rung 02: many invocations share a channel's rows. */
export const splitRows: Rung<Shape> = {
  id: "batchnorm-statistics/02-split-rows",
  change: "rows split into strips",
  source: readWgsl(import.meta.url, "./02-split-rows.wgsl"),
  params: (shape) => ({ C: shape.C, ...stripParams(shape) }),
  scratch: (shape) => partials(shape),
  passes: stripPasses(1),
};

/** Rung 03: mean and squares in one pass over x. */
export const singleRead: Rung<Shape> = {
  id: "batchnorm-statistics/03-single-read",
  change: "x read once, four rows merged at a time",
  source: readWgsl(import.meta.url, "./03-single-read.wgsl"),
  params: (shape) => ({ C: shape.C, ...stripParams(shape) }),
  scratch: (shape) => partials(shape),
  passes: stripPasses(1),
};

/** Rung 04: four channels per load. */
export const vectorised: Rung<Shape> = {
  id: "batchnorm-statistics/04-vectorised",
  change: "vectors of four channels",
  source: readWgsl(import.meta.url, "./04-vectorised.wgsl"),
  params: (shape) => quadParams(shape),
  scratch: (shape) => partials(shape),
  passes: stripPasses(4),
  unsupported: needsQuads,
};

/** Rung 05: sums of differences and of their squares. */
export const shiftedMoments: Rung<Shape> = {
  id: "batchnorm-statistics/05-shifted-moments",
  change: "two plain sums about row 0",
  source: readWgsl(import.meta.url, "./05-shifted-moments.wgsl"),
  params: (shape) => quadParams(shape),
  scratch: (shape) => partials(shape),
  passes: stripPasses(4),
  unsupported: needsQuads,
};

/** Rung 06: one strip, and so one dispatch. */
export const wholeColumns: Rung<Shape> = {
  id: "batchnorm-statistics/06-whole-columns",
  change: "all rows of four channels, in one dispatch",
  source: readWgsl(import.meta.url, "./06-whole-columns.wgsl"),
  params: (shape) => ({ rows: rowCount(shape), quads: shape.C / 4, ...momentumParams(shape) }),
  passes: mainPass(({ C }, { WORKGROUP_SIZE }) => linearWorkgroups(C / 4, WORKGROUP_SIZE)),
  unsupported: needsQuads,
};

const treeStrips = (shape: Shape): Strips => stripsOf(shape, TREE_STRIP_ROWS);

const stripsByTree: Pass<Shape> = {
  entryPoint: "stripMoments",
  workgroups: (shape, { QUADS }) => [ceilDiv(shape.C / 4, QUADS), treeStrips(shape).strips, 1],
};

/** Rung 07: invocations share a strip by Welford's recurrence and merge in a tree. */
export const workgroupTree: Rung<Shape> = {
  id: "batchnorm-statistics/07-workgroup-tree",
  change: "32 invocations share a strip and merge in a tree",
  source: readWgsl(import.meta.url, "./07-workgroup-tree.wgsl"),
  params: (shape) => quadParams(shape, treeStrips(shape)),
  scratch: (shape) => partials(shape, treeStrips(shape)),
  passes: [stripsByTree, { entryPoint: "combine", workgroups: ({ C }, { QUADS }) => [ceilDiv(C / 4, QUADS), 1, 1] }],
  unsupported: needsQuads,
};

/** Rung 08: the strips merged by shuffles. */
export const subgroupShuffle: Rung<Shape> = {
  id: "batchnorm-statistics/08-subgroup-shuffle",
  change: "subgroups merge the strips by shuffles",
  source: readWgsl(import.meta.url, "./08-subgroup-shuffle.wgsl"),
  params: (shape) => quadParams(shape, treeStrips(shape)),
  scratch: (shape) => partials(shape, treeStrips(shape)),
  passes: [stripsByTree, { entryPoint: "combine", workgroups: ({ C }) => linearWorkgroups(C / 4, 1) }],
  features: ["subgroups"],
  unsupported: needsQuads,
};
