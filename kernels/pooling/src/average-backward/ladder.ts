import { linearWorkgroups, mainPass, readWgsl, type Rung } from "@fledge/runtime";
import { needsVectors } from "../needs-vectors.ts";
import { averageInputs, averageOutputs, averageParams, type GlobalAveragePoolShape } from "../shape.ts";

/** Rung 00: the dispatch floor. */
export const noop: Rung<GlobalAveragePoolShape> = {
  id: "global-average-pool-backward/00-noop",
  change: "the dispatch floor",
  source: readWgsl(import.meta.url, "./00-noop.wgsl"),
  params: averageParams,
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(averageInputs(shape), WORKGROUP)),
};

/** Rung 01: one element of dX per invocation. */
export const naive: Rung<GlobalAveragePoolShape> = {
  id: "global-average-pool-backward/01-naive",
  change: "the first rung",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  params: averageParams,
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(averageInputs(shape), WORKGROUP)),
};

/** Rung 02: four channels of dX per invocation. */
export const vec4: Rung<GlobalAveragePoolShape> = {
  id: "global-average-pool-backward/02-vec4",
  change: "four channels per invocation",
  source: readWgsl(import.meta.url, "./02-vec4.wgsl"),
  params: averageParams,
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(averageInputs(shape) / 4, WORKGROUP)),
  unsupported: needsVectors,
};

/** Rung 03: four channels of all pixels of dX per invocation. */
export const column: Rung<GlobalAveragePoolShape> = {
  id: "global-average-pool-backward/03-column",
  change: "all pixels of an image per invocation",
  source: readWgsl(import.meta.url, "./03-column.wgsl"),
  params: averageParams,
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(averageOutputs(shape) / 4, WORKGROUP)),
  unsupported: needsVectors,
};
