import {
  ceilDiv,
  linearWorkgroups,
  mainPass,
  readWgsl,
  type Constants,
  type Pass,
  type Rung,
  type TensorSpec,
} from "@fledge/runtime";
import { needsQuads } from "../quads.ts";
import { elements, rowCount, type BatchnormBackwardShape } from "../shape.ts";
import { longStripsOf, stripsOf, TREE_STRIP_ROWS, type Strips } from "../strips.ts";

type Shape = BatchnormBackwardShape;

const constants = ({ relu, residual, frozen }: Shape): Constants => ({
  RELU: Number(relu),
  RESIDUAL: Number(residual),
  FROZEN: Number(frozen),
});

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
  workgroups: (shape, { WORKGROUP_SIZE }) => linearWorkgroups((strips(shape).strips * shape.C) / width, WORKGROUP_SIZE),
});

/** Strips of rows, then the strips combined; an invocation has `width` channels. */
const reduction = (width: number, strips: (shape: Shape) => Strips = stripsOf): readonly Pass<Shape>[] => [
  byStrips("stripSums", width, strips),
  { entryPoint: "combine", workgroups: ({ C }, { WORKGROUP_SIZE }) => linearWorkgroups(C / width, WORKGROUP_SIZE) },
];

const sumsByChannel: Pass<Shape> = {
  entryPoint: "channelSums",
  workgroups: ({ C }, { WORKGROUP_SIZE }) => linearWorkgroups(C, WORKGROUP_SIZE),
};

const gradInputByElement: Pass<Shape> = {
  entryPoint: "gradInput",
  workgroups: (shape, { WORKGROUP_SIZE }) => linearWorkgroups(elements(shape), WORKGROUP_SIZE),
};

const gradInputByRows = (width: number): Pass<Shape> => ({
  entryPoint: "gradInput",
  workgroups: (shape, { WORKGROUP_SIZE, ROWS }) =>
    linearWorkgroups((ceilDiv(rowCount(shape), ROWS) * shape.C) / width, WORKGROUP_SIZE),
});

/** The strips' sums, and what dX needs of each channel. */
const reductionScratch = (shape: Shape, { strips } = stripsOf(shape)): Record<string, TensorSpec> => ({
  ...scratch(shape),
  partials: { shape: [2, strips, shape.C], dtype: "f32" },
  channels: { shape: [5, shape.C], dtype: "f32" },
});

/** Rung 00: the dispatch floor. */
export const noop: Rung<Shape> = {
  id: "batchnorm-backward/00-noop",
  change: "the dispatch floor",
  source: readWgsl(import.meta.url, "./00-noop.wgsl"),
  params,
  scratch,
  passes: [sumsByChannel, gradInputByElement],
};

/** Rung 01: one invocation per channel sums, one per element gives dX. */
export const naive: Rung<Shape> = {
  id: "batchnorm-backward/01-naive",
  change: "the first rung",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  constants,
  params,
  scratch,
  passes: [sumsByChannel, gradInputByElement],
};

/** Rung 02: many invocations share a channel's rows. */
export const splitRows: Rung<Shape> = {
  id: "batchnorm-backward/02-split-rows",
  change: "rows split into strips",
  source: readWgsl(import.meta.url, "./02-split-rows.wgsl"),
  constants,
  params: (shape) => ({ ...params(shape), ...stripsOf(shape) }),
  scratch: (shape) => reductionScratch(shape),
  passes: [...reduction(1), gradInputByElement],
};

/** Rung 03: one channel of several rows per invocation of gradInput. */
export const severalRows: Rung<Shape> = {
  id: "batchnorm-backward/03-several-rows",
  change: "a channel's values loaded once for 8 rows of dX",
  source: readWgsl(import.meta.url, "./03-several-rows.wgsl"),
  constants,
  params: (shape) => ({ ...params(shape), ...stripsOf(shape) }),
  scratch: (shape) => reductionScratch(shape),
  passes: [...reduction(1), gradInputByRows(1)],
};

/** Rung 04: four channels per load. */
export const vectorised: Rung<Shape> = {
  id: "batchnorm-backward/04-vectorised",
  change: "vectors of four channels",
  source: readWgsl(import.meta.url, "./04-vectorised.wgsl"),
  constants,
  params: (shape) => quadParams(shape, stripsOf(shape)),
  scratch: (shape) => reductionScratch(shape),
  passes: [...reduction(4), gradInputByRows(4)],
  unsupported: needsQuads,
};

/** Rung 05: as few strips as occupy a CPU. */
export const longStrips: Rung<Shape> = {
  id: "batchnorm-backward/05-long-strips",
  change: "strips as long as still occupy a CPU's lanes",
  source: readWgsl(import.meta.url, "./05-long-strips.wgsl"),
  constants,
  params: (shape) => quadParams(shape, longStripsOf(shape)),
  scratch: (shape) => reductionScratch(shape, longStripsOf(shape)),
  passes: [...reduction(4, longStripsOf), byStrips("gradInput", 4, longStripsOf)],
  unsupported: needsQuads,
};

/** Rung 06: one strip, and so one dispatch. */
export const wholeColumns: Rung<Shape> = {
  id: "batchnorm-backward/06-whole-columns",
  change: "all rows of four channels, sums and dX, in one dispatch",
  source: readWgsl(import.meta.url, "./06-whole-columns.wgsl"),
  constants,
  params: (shape) => ({ rows: rowCount(shape), quads: shape.C / 4, epsilon: shape.epsilon }),
  scratch,
  passes: mainPass(({ C }, { WORKGROUP_SIZE }) => linearWorkgroups(C / 4, WORKGROUP_SIZE)),
  unsupported: needsQuads,
};

const treeStrips = (shape: Shape): Strips => stripsOf(shape, TREE_STRIP_ROWS);

/** Rung 07: invocations share a strip and add up in a tree. */
export const workgroupTree: Rung<Shape> = {
  id: "batchnorm-backward/07-workgroup-tree",
  change: "32 invocations share a strip and add up in a tree",
  source: readWgsl(import.meta.url, "./07-workgroup-tree.wgsl"),
  constants,
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
  unsupported: needsQuads,
};
