import { linearWorkgroups, mainPass, readWgsl, type Rung } from "@fledge/runtime";
import { elementwiseParams, type ElementwiseShape } from "../shape.ts";

/** Rung 01: one element per invocation. */
export const naive: Rung<ElementwiseShape> = {
  id: "relu/01-naive",
  change: "the first rung",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  params: elementwiseParams,
  passes: mainPass(({ count }, { WORKGROUP }) => linearWorkgroups(count, WORKGROUP)),
};

/** Rung 02: one vector of four elements per invocation. */
export const vec4: Rung<ElementwiseShape> = {
  id: "relu/02-vec4",
  change: "four elements per invocation",
  source: readWgsl(import.meta.url, "./02-vec4.wgsl"),
  params: elementwiseParams,
  passes: mainPass(({ count }, { WORKGROUP }) => linearWorkgroups(Math.ceil(count / 4), WORKGROUP)),
};
