import { ceilDiv, linearWorkgroups, mainPass, readWgsl, type Rung } from "@fledge/runtime";
import { blockGrid, inputGrid, needsBlocks, needsGrid, windowConstants } from "../grid.ts";
import { needsVectors } from "../needs-vectors.ts";
import { maxPool2dInputs, maxPool2dParams, type MaxPool2dShape } from "../shape.ts";

/** Rung 00: the dispatch floor. */
export const noop: Rung<MaxPool2dShape> = {
  id: "max-pool2d-backward/00-noop",
  change: "the dispatch floor",
  source: readWgsl(import.meta.url, "./00-noop.wgsl"),
  params: maxPool2dParams,
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(maxPool2dInputs(shape), WORKGROUP)),
};

/** Rung 01: one element of dX per invocation. */
export const naive: Rung<MaxPool2dShape> = {
  id: "max-pool2d-backward/01-naive",
  change: "the first rung",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  params: maxPool2dParams,
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(maxPool2dInputs(shape), WORKGROUP)),
};

/** Rung 02: four channels of dX per invocation. */
export const vec4: Rung<MaxPool2dShape> = {
  id: "max-pool2d-backward/02-vec4",
  change: "four channels per invocation",
  source: readWgsl(import.meta.url, "./02-vec4.wgsl"),
  params: maxPool2dParams,
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(maxPool2dInputs(shape) / 4, WORKGROUP)),
  unsupported: needsVectors,
};

/** Rung 03: kernel, stride and padding are constants. */
export const fixedWindow: Rung<MaxPool2dShape> = {
  id: "max-pool2d-backward/03-fixed-window",
  change: "window sizes known to the compiler",
  source: readWgsl(import.meta.url, "./03-fixed-window.wgsl"),
  constants: windowConstants,
  params: maxPool2dParams,
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(maxPool2dInputs(shape) / 4, WORKGROUP)),
  unsupported: needsVectors,
};

/** Rung 04: the grid counts rows and images. */
export const grid: Rung<MaxPool2dShape> = {
  id: "max-pool2d-backward/04-grid",
  change: "rows and images from the grid, not by division",
  source: readWgsl(import.meta.url, "./04-grid.wgsl"),
  constants: windowConstants,
  params: maxPool2dParams,
  passes: mainPass((shape, { WORKGROUP }) => inputGrid(shape, shape.C / 4, WORKGROUP)),
  unsupported: needsGrid(inputGrid),
};

/** Rung 05: a block of pixels that share their windows. */
export const block: Rung<MaxPool2dShape> = {
  id: "max-pool2d-backward/05-block",
  change: "a block of stride x stride pixels per invocation",
  source: readWgsl(import.meta.url, "./05-block.wgsl"),
  constants: windowConstants,
  params: maxPool2dParams,
  passes: mainPass((shape, { WORKGROUP }) => blockGrid(shape, shape.C / 4, WORKGROUP)),
  unsupported: needsBlocks,
};

/** Rung 06: a run of neighbouring vectors per invocation. */
export const run: Rung<MaxPool2dShape> = {
  id: "max-pool2d-backward/06-run",
  change: "4 neighbouring vectors per invocation",
  source: readWgsl(import.meta.url, "./06-run.wgsl"),
  constants: windowConstants,
  params: maxPool2dParams,
  passes: mainPass((shape, { WORKGROUP, RUN }) => blockGrid(shape, ceilDiv(shape.C, 4 * RUN), WORKGROUP)),
  unsupported: needsBlocks,
};
