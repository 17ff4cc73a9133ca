import { linearWorkgroups, mainPass, readWgsl, type Rung } from "@fledge/runtime";
import { needsVectors } from "../needs-vectors.ts";
import { averageInputs, averageParams, type GlobalAveragePoolShape } from "../shape.ts";

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
