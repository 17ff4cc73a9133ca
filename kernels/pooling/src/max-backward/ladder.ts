import { linearWorkgroups, mainPass, readWgsl, type Rung } from "@fledge/runtime";
import { needsVectors } from "../needs-vectors.ts";
import { maxPool2dInputs, maxPool2dParams, type MaxPool2dShape } from "../shape.ts";

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
