import {
  ceilDiv,
  linearWorkgroups,
  mainPass,
  readWgsl,
  type Constants,
  type Rung,
  type TensorSpec,
} from "@fledge/runtime";
import { needsQuads } from "../quads.ts";
import { elements, rowCount, type BatchnormApplyShape } from "../shape.ts";

type Shape = BatchnormApplyShape;

const constants = ({ relu, residual }: Shape): Constants => ({ RELU: Number(relu), RESIDUAL: Number(residual) });

const params = (shape: Shape) => ({ rows: rowCount(shape), C: shape.C, epsilon: shape.epsilon });

const byElement = mainPass<Shape>((shape, { WORKGROUP_SIZE }) => linearWorkgroups(elements(shape), WORKGROUP_SIZE));

/** Vectors of four channels, ROWS rows an invocation. */
const byQuads = mainPass<Shape>((shape, { WORKGROUP_SIZE, ROWS }) =>
  linearWorkgroups((ceilDiv(rowCount(shape), ROWS) * shape.C) / 4, WORKGROUP_SIZE),
);

const quadParams = (shape: Shape) => ({ rows: rowCount(shape), quads: shape.C / 4, epsilon: shape.epsilon });

/** One element in place of the tensor that this shape does not have. */
const scratch = ({ residual }: Shape): Record<string, TensorSpec> =>
  residual ? {} : { residual: { shape: [1], dtype: "f32" } };

/** Rung 00: the dispatch floor. */
export const noop: Rung<Shape> = {
  id: "batchnorm-apply/00-noop",
  change: "the dispatch floor",
  source: readWgsl(import.meta.url, "./00-noop.wgsl"),
  params,
  scratch,
  passes: byElement,
};

/** Rung 01: one element per invocation. */
export const naive: Rung<Shape> = {
  id: "batchnorm-apply/01-naive",
  change: "the first rung",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  constants,
  params,
  scratch,
  passes: byElement,
};

/** Rung 02: one channel of several rows per invocation. */
export const severalRows: Rung<Shape> = {
  id: "batchnorm-apply/02-several-rows",
  change: "a channel's values loaded once for 8 rows",
  source: readWgsl(import.meta.url, "./02-several-rows.wgsl"),
  constants,
  params,
  scratch,
  passes: mainPass((shape, { WORKGROUP_SIZE, ROWS }) =>
    linearWorkgroups(ceilDiv(rowCount(shape), ROWS) * shape.C, WORKGROUP_SIZE),
  ),
};

/** Rung 03: four channels of several rows per invocation. */
export const vectorised: Rung<Shape> = {
  id: "batchnorm-apply/03-vectorised",
  change: "vectors of four channels",
  source: readWgsl(import.meta.url, "./03-vectorised.wgsl"),
  constants,
  params: quadParams,
  scratch,
  passes: byQuads,
  unsupported: needsQuads,
};

/** Rung 04: longer runs of rows. */
export const longRuns: Rung<Shape> = {
  id: "batchnorm-apply/04-long-runs",
  change: "32 rows an invocation, in workgroups of 32",
  source: readWgsl(import.meta.url, "./04-long-runs.wgsl"),
  constants,
  params: quadParams,
  scratch,
  passes: byQuads,
  unsupported: needsQuads,
};
