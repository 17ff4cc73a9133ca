import { ceilDiv, ladderOf, linearWorkgroups, mainPass } from "@fledge/runtime";
import { needsGrid, outputGrid, windowConstants } from "../grid.ts";
import { needsVectors } from "../needs-vectors.ts";
import { maxPool2dOutputs, maxPool2dOutputSize, maxPool2dParams, type MaxPool2dShape } from "../shape.ts";

const { ladder, rung } = ladderOf<MaxPool2dShape>("max-pool2d-forward", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one element of out per invocation",
  params: maxPool2dParams,
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(maxPool2dOutputs(shape), WORKGROUP)),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

export const vec4 = rung("02-vec4", {
  from: naive,
  idea: "four channels per invocation",
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(maxPool2dOutputs(shape) / 4, WORKGROUP)),
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
  passes: mainPass((shape, { WORKGROUP }) => outputGrid(shape, shape.C / 4, WORKGROUP)),
  unsupported: needsGrid(outputGrid),
});

export const run = rung("05-run", {
  from: grid,
  idea: "4 neighbouring vectors per invocation",
  passes: mainPass((shape, { WORKGROUP, RUN }) => outputGrid(shape, ceilDiv(shape.C, 4 * RUN), WORKGROUP)),
});

export const touchedAhead = rung("06-touched-ahead", {
  from: run,
  idea: "cache lines touched ahead of the gathers",
  passes: mainPass((shape, { WORKGROUP, RUN }) => {
    const { OH, OW } = maxPool2dOutputSize(shape);
    return [ceilDiv(shape.C / 4, WORKGROUP) * ceilDiv(OW, RUN), OH, shape.N];
  }),
});

export const wideLanes = rung("07-wide-lanes", { from: touchedAhead, idea: "sixteen lanes side by side" });
