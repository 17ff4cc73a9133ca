import { ceilDiv, ladderOf, linearWorkgroups, mainPass } from "@fledge/runtime";
import { blockGrid, inputGrid, needsBlocks, needsGrid, windowConstants } from "../grid.ts";
import { needsVectors } from "../needs-vectors.ts";
import { maxPool2dInputs, maxPool2dParams, type MaxPool2dShape } from "../shape.ts";

const { ladder, rung } = ladderOf<MaxPool2dShape>("max-pool2d-backward", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one element of dX per invocation",
  params: maxPool2dParams,
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(maxPool2dInputs(shape), WORKGROUP)),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

export const vec4 = rung("02-vec4", {
  from: naive,
  idea: "four channels per invocation",
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(maxPool2dInputs(shape) / 4, WORKGROUP)),
  unsupported: needsVectors,
});

export const fixedWindow = rung("03-fixed-window", {
  from: vec4,
  idea: "window sizes known to the compiler",
  constants: windowConstants,
});

export const grid = rung("04-grid", {
  from: fixedWindow,
  idea: "rows and images from the grid, not by division",
  passes: mainPass((shape, { WORKGROUP }) => inputGrid(shape, shape.C / 4, WORKGROUP)),
  unsupported: needsGrid(inputGrid),
});

export const block = rung("05-block", {
  from: grid,
  idea: "a block of stride x stride pixels per invocation",
  passes: mainPass((shape, { WORKGROUP }) => blockGrid(shape, shape.C / 4, WORKGROUP)),
  unsupported: needsBlocks,
});

export const run = rung("06-run", {
  from: block,
  idea: "4 neighbouring vectors per invocation",
  passes: mainPass((shape, { WORKGROUP, RUN }) => blockGrid(shape, ceilDiv(shape.C, 4 * RUN), WORKGROUP)),
});

export const touchedAhead = rung("07-touched-ahead", {
  from: run,
  idea: "cache lines touched ahead of the gathers",
  passes: mainPass((shape, { WORKGROUP, RUN }) => {
    const [columns, rows, images] = blockGrid(shape, 1, RUN);
    return [ceilDiv(shape.C / 4, WORKGROUP) * columns, rows, images];
  }),
});

export const wideLanes = rung("08-wide-lanes", { from: touchedAhead, idea: "sixteen lanes side by side" });
