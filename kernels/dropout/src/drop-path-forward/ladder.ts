import { ladderOf, linearWorkgroups, mainPass } from "@fledge/runtime";
import { imageGrid, needsGrid, needsVectors } from "../grid.ts";
import { dropPathCount, dropPathParams, type DropPathShape } from "../shape.ts";

const { ladder, rung } = ladderOf<DropPathShape>("drop-path-forward", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one element per invocation",
  constants: ({ relu }) => ({ RELU: Number(relu) }),
  params: dropPathParams,
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(dropPathCount(shape), WORKGROUP)),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor", constants: null });

export const vec4 = rung("02-vec4", {
  from: naive,
  idea: "four elements per invocation",
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(dropPathCount(shape) / 4, WORKGROUP)),
  unsupported: needsVectors,
});

export const grid = rung("03-grid", {
  from: vec4,
  idea: "images from the grid, not by division",
  passes: mainPass((shape, constants) => imageGrid(shape, constants)),
  unsupported: needsGrid,
});

export const skip = rung("04-skip", { from: grid, idea: "dropped branches not loaded" });

export const run = rung("05-run", {
  from: skip,
  idea: "8 neighbouring vectors per invocation",
  passes: mainPass((shape, constants) => imageGrid(shape, constants, constants["VECTORS"])),
});
