import { ceilDiv, linearWorkgroups, mainPass, readWgsl, type Rung } from "@fledge/runtime";
import { needsVectors } from "../needs-vectors.ts";
import { averageOutputs, averageParams, type GlobalAveragePoolShape } from "../shape.ts";

/** Rung 00: the dispatch floor. */
export const noop: Rung<GlobalAveragePoolShape> = {
  id: "global-average-pool-forward/00-noop",
  change: "the dispatch floor",
  source: readWgsl(import.meta.url, "./00-noop.wgsl"),
  params: averageParams,
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(averageOutputs(shape), WORKGROUP)),
};

/** Rung 01: one element of out per invocation. */
export const naive: Rung<GlobalAveragePoolShape> = {
  id: "global-average-pool-forward/01-naive",
  change: "the first rung",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  params: averageParams,
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(averageOutputs(shape), WORKGROUP)),
};

/** Rung 02: four channels of out per invocation. */
export const vec4: Rung<GlobalAveragePoolShape> = {
  id: "global-average-pool-forward/02-vec4",
  change: "four channels per invocation",
  source: readWgsl(import.meta.url, "./02-vec4.wgsl"),
  params: averageParams,
  passes: mainPass((shape, { WORKGROUP }) => linearWorkgroups(averageOutputs(shape) / 4, WORKGROUP)),
  unsupported: needsVectors,
};

/** Rung 03: the rows of an image split over a workgroup. */
export const splitRows: Rung<GlobalAveragePoolShape> = {
  id: "global-average-pool-forward/03-split-rows",
  change: "an image's rows split over 4 invocations",
  source: readWgsl(import.meta.url, "./03-split-rows.wgsl"),
  params: averageParams,
  passes: mainPass((shape, { COLUMNS }) => linearWorkgroups(averageOutputs(shape) / 4, COLUMNS)),
  unsupported: needsVectors,
};

/** Rung 04: a run of neighbouring vectors per invocation. */
export const run: Rung<GlobalAveragePoolShape> = {
  id: "global-average-pool-forward/04-run",
  change: "4 neighbouring vectors per invocation",
  source: readWgsl(import.meta.url, "./04-run.wgsl"),
  params: averageParams,
  passes: mainPass(({ N, C }, { WORKGROUP, RUN }) => linearWorkgroups(N * ceilDiv(C, 4 * RUN), WORKGROUP)),
  unsupported: needsVectors,
};
