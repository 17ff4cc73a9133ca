import {
  ceilDiv, linearWorkgroups, readWgsl,
  type Constants, type Pass, type Rung, type TensorSpec,
} from "@fledge/runtime";
import { needsQuads } from "../quads.ts";
import { elements, rowCount, type BatchnormBackwardShape } from "../shape.ts";
import { stripsOf } from "../strips.ts";

type Shape = BatchnormBackwardShape;

const constants = ({ relu, residual, frozen }: Shape): Constants => ({
  RELU: Number(relu),
  RESIDUAL: Number(residual),
  FROZEN: Number(frozen),
});

const params = (shape: Shape) => ({ rows: rowCount(shape), C: shape.C, epsilon: shape.epsilon });

/** One element in place of each tensor that this shape does not have. */
const scratch = ({ relu, residual }: Shape): Record<string, TensorSpec> => ({
  ...(relu ? {} : { out: { shape: [1], dtype: "f32" } }),
  ...(residual ? {} : { dResidual: { shape: [1], dtype: "f32" } }),
});

/** Strips of rows, then the strips combined; an invocation has `width` channels. */
const reduction = (width: number): readonly Pass<Shape>[] => [
  {
    entryPoint: "stripSums",
    workgroups: (shape, { WORKGROUP_SIZE }) =>
      linearWorkgroups((stripsOf(shape).strips * shape.C) / width, WORKGROUP_SIZE),
  },
  { entryPoint: "combine", workgroups: ({ C }, { WORKGROUP_SIZE }) => linearWorkgroups(C / width, WORKGROUP_SIZE) },
];

const gradInputByElement: Pass<Shape> = {
  entryPoint: "gradInput",
  workgroups: (shape, { WORKGROUP_SIZE }) => linearWorkgroups(elements(shape), WORKGROUP_SIZE),
};

const gradInputByRows = (width: number): Pass<Shape> => ({
  entryPoint: "gradInput",
  workgroups: (shape, { WORKGROUP_SIZE, ROWS }) =>
    linearWorkgroups((ceilDiv(rowCount(shape), ROWS) * shape.C) / width, WORKGROUP_SIZE),
});

/** The strips' sums take two rows' room in dX for every strip. */
const needsTwoRows = (shape: Shape): string | null =>
  rowCount(shape) > 1 ? null : "N*H*W is 1, and the strips' sums need two rows of dX";

/** Rung 01: one invocation per channel sums, one per element gives dX. */
export const naive: Rung<Shape> = {
  id: "batchnorm-backward/01-naive",
  change: "the first rung",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  constants,
  params,
  scratch,
  passes: [
    {
      entryPoint: "channelSums",
      workgroups: ({ C }, { WORKGROUP_SIZE }) => linearWorkgroups(C, WORKGROUP_SIZE),
    },
    gradInputByElement,
  ],
};

/** Rung 02: many invocations share a channel's rows. */
export const splitRows: Rung<Shape> = {
  id: "batchnorm-backward/02-split-rows",
  change: "rows split into strips",
  source: readWgsl(import.meta.url, "./02-split-rows.wgsl"),
  constants,
  params: (shape) => ({ ...params(shape), ...stripsOf(shape) }),
  scratch,
  passes: [...reduction(1), gradInputByElement],
  unsupported: needsTwoRows,
};

/** Rung 03: one channel of several rows per invocation of gradInput. */
export const severalRows: Rung<Shape> = {
  id: "batchnorm-backward/03-several-rows",
  change: "a channel's values loaded once for 8 rows of dX",
  source: readWgsl(import.meta.url, "./03-several-rows.wgsl"),
  constants,
  params: (shape) => ({ ...params(shape), ...stripsOf(shape) }),
  scratch,
  passes: [...reduction(1), gradInputByRows(1)],
  unsupported: needsTwoRows,
};

/** Rung 04: four channels per load. */
export const vectorised: Rung<Shape> = {
  id: "batchnorm-backward/04-vectorised",
  change: "vectors of four channels",
  source: readWgsl(import.meta.url, "./04-vectorised.wgsl"),
  constants,
  params: (shape) => ({ rows: rowCount(shape), quads: shape.C / 4, ...stripsOf(shape), epsilon: shape.epsilon }),
  scratch,
  passes: [...reduction(4), gradInputByRows(4)],
  unsupported: (shape) => needsQuads(shape) ?? needsTwoRows(shape),
};
