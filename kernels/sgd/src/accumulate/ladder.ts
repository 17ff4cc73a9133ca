import { ceilDiv, linearWorkgroups, mainPass, readWgsl, type Rung } from "@fledge/runtime";
import type { SgdAccumulateShape } from "../shape.ts";

const params = ({ count }: SgdAccumulateShape): Record<string, number> => ({ count });

/** Rung 00: the dispatch floor. */
export const noop: Rung<SgdAccumulateShape> = {
  id: "sgd-accumulate/00-noop",
  change: "the dispatch floor",
  source: readWgsl(import.meta.url, "./00-noop.wgsl"),
  params,
  passes: mainPass(({ count }, { WORKGROUP }) => linearWorkgroups(count, WORKGROUP)),
};

/** Rung 01: one element per invocation. */
export const naive: Rung<SgdAccumulateShape> = {
  id: "sgd-accumulate/01-naive",
  change: "the first rung",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  params,
  passes: mainPass(({ count }, { WORKGROUP }) => linearWorkgroups(count, WORKGROUP)),
};

/** Rung 02: one vector of four elements per invocation. */
export const vec4: Rung<SgdAccumulateShape> = {
  id: "sgd-accumulate/02-vec4",
  change: "four elements per invocation",
  source: readWgsl(import.meta.url, "./02-vec4.wgsl"),
  params,
  passes: mainPass(({ count }, { WORKGROUP }) => linearWorkgroups(ceilDiv(count, 4), WORKGROUP)),
};

/** Rung 03: several vectors per invocation, a workgroup apart. */
export const strided: Rung<SgdAccumulateShape> = {
  id: "sgd-accumulate/03-strided",
  change: "8 vectors per invocation, a workgroup apart",
  source: readWgsl(import.meta.url, "./03-strided.wgsl"),
  params,
  passes: mainPass(({ count }, { WORKGROUP, VECTORS }) => linearWorkgroups(ceilDiv(count, 4 * VECTORS), WORKGROUP)),
};

/** Rung 04: a run of neighbouring vectors per invocation. */
export const run: Rung<SgdAccumulateShape> = {
  id: "sgd-accumulate/04-run",
  change: "the 8 vectors neighbours",
  source: readWgsl(import.meta.url, "./04-run.wgsl"),
  params,
  passes: mainPass(({ count }, { WORKGROUP, VECTORS }) => linearWorkgroups(ceilDiv(count, 4 * VECTORS), WORKGROUP)),
};
