import { beyondHalfRange, ceilDiv, ladderOf, linearWorkgroups, mainPass, type TensorSpec } from "@fledge/runtime";
import { needsBlocks, needsQuads } from "../quads.ts";
import { elements, rowCount, type BatchnormApplyShape } from "../shape.ts";

type Shape = BatchnormApplyShape;

/** One element in place of the tensor that this shape does not have. */
const scratch = ({ residual }: Shape): Record<string, TensorSpec> =>
  residual ? {} : { residual: { shape: [1], dtype: "f32" } };

const { ladder, rung } = ladderOf<Shape>("batchnorm-apply", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one element per invocation",
  constants: ({ relu, residual }) => ({ RELU: Number(relu), RESIDUAL: Number(residual) }),
  params: (shape) => ({ rows: rowCount(shape), C: shape.C, epsilon: shape.epsilon }),
  scratch,
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(elements(shape), WORKGROUP)),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor", constants: null });

export const severalRows = rung("02-several-rows", {
  from: naive,
  idea: "a channel's values loaded once for 8 rows",
  passes: mainPass((shape, { WORKGROUP, ROWS }) =>
    linearWorkgroups(ceilDiv(rowCount(shape), ROWS) * shape.C, WORKGROUP),
  ),
});

export const vectorised = rung("03-vectorised", {
  from: severalRows,
  idea: "vectors of four channels",
  params: (shape) => ({ rows: rowCount(shape), quads: shape.C / 4, epsilon: shape.epsilon }),
  passes: mainPass((shape, { WORKGROUP, ROWS }) =>
    linearWorkgroups((ceilDiv(rowCount(shape), ROWS) * shape.C) / 4, WORKGROUP),
  ),
  unsupported: needsQuads,
});

export const longRuns = rung("04-long-runs", {
  from: vectorised,
  idea: "32 rows an invocation, in workgroups of 32",
});

export const uniform = rung("05-uniform", {
  from: longRuns,
  idea: "one invocation a workgroup: every address uniform",
  passes: mainPass((shape, { ROWS }) => linearWorkgroups(ceilDiv(rowCount(shape), ROWS) * (shape.C / 16), 1)),
  unsupported: needsBlocks,
});

export const noBranch = rung("06-no-branch", {
  from: uniform,
  idea: "a ReLU that no branch can be made of",
});

/** From this many bytes on, a tensor does not stay in the last cache between two kernels. */
const LARGE_BYTES = 2 ** 24;

export const countedTurns = rung("07-counted-turns", {
  from: noBranch,
  idea: "turns counted from 0, of four rows",
  constants: (shape) => ({
    TOUCH: Number(4 * elements(shape) >= LARGE_BYTES),
    RELU: Number(shape.relu),
    RESIDUAL: Number(shape.residual),
  }),
  unsupported: (shape) => needsBlocks(shape) ?? beyondHalfRange(elements(shape)),
});
