import { linearWorkgroups, mainPass, readWgsl, type Pass, type Rung, type TensorSpec } from "@fledge/runtime";
import { needsQuads } from "../quads.ts";
import { rowCount, type BatchnormStatisticsShape } from "../shape.ts";
import { stripsOf } from "../strips.ts";

type Shape = BatchnormStatisticsShape;

const momentumParams = (shape: Shape) => ({
  momentum: shape.momentum,
  unbias: rowCount(shape) / (rowCount(shape) - 1),
});

const stripParams = (shape: Shape) => ({ rows: rowCount(shape), ...stripsOf(shape), ...momentumParams(shape) });

const partials = (shape: Shape): Record<string, TensorSpec> => ({
  partials: { shape: [2, stripsOf(shape).strips, shape.C], dtype: "f32" },
});

/** Strips of rows, then the strips combined; an invocation has `width` channels. */
const stripPasses = (width: number): readonly Pass<Shape>[] => [
  {
    entryPoint: "stripMoments",
    workgroups: (shape, { WORKGROUP_SIZE }) =>
      linearWorkgroups((stripsOf(shape).strips * shape.C) / width, WORKGROUP_SIZE),
  },
  { entryPoint: "combine", workgroups: ({ C }, { WORKGROUP_SIZE }) => linearWorkgroups(C / width, WORKGROUP_SIZE) },
];

/** Rung 01: one invocation per channel. */
export const naive: Rung<Shape> = {
  id: "batchnorm-statistics/01-naive",
  change: "the first rung",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  params: (shape) => ({ rows: rowCount(shape), C: shape.C, ...momentumParams(shape) }),
  passes: mainPass(({ C }, { WORKGROUP_SIZE }) => linearWorkgroups(C, WORKGROUP_SIZE)),
};

/** Rung 02: many invocations share a channel's rows. */
export const splitRows: Rung<Shape> = {
  id: "batchnorm-statistics/02-split-rows",
  change: "rows split into strips",
  source: readWgsl(import.meta.url, "./02-split-rows.wgsl"),
  params: (shape) => ({ C: shape.C, ...stripParams(shape) }),
  scratch: partials,
  passes: stripPasses(1),
};

/** Rung 03: mean and squares in one pass over x. */
export const singleRead: Rung<Shape> = {
  id: "batchnorm-statistics/03-single-read",
  change: "x read once, four rows merged at a time",
  source: readWgsl(import.meta.url, "./03-single-read.wgsl"),
  params: (shape) => ({ C: shape.C, ...stripParams(shape) }),
  scratch: partials,
  passes: stripPasses(1),
};

/** Rung 04: four channels per load. */
export const vectorised: Rung<Shape> = {
  id: "batchnorm-statistics/04-vectorised",
  change: "vectors of four channels",
  source: readWgsl(import.meta.url, "./04-vectorised.wgsl"),
  params: (shape) => ({ quads: shape.C / 4, ...stripParams(shape) }),
  scratch: partials,
  passes: stripPasses(4),
  unsupported: needsQuads,
};
