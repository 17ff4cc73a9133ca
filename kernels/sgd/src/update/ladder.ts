import { ceilDiv, linearWorkgroups, mainPass, readWgsl, type Rung } from "@fledge/runtime";
import type { SgdShape } from "../shape.ts";

const params = ({ count, momentum, weightDecay, dampening, nesterov }: SgdShape): Record<string, number> => ({
  count,
  momentum,
  weightDecay,
  oneMinusDampening: 1 - dampening,
  nesterov: nesterov ? 1 : 0,
});

/** Rung 00: the dispatch floor. */
export const noop: Rung<SgdShape> = {
  id: "sgd-update/00-noop",
  change: "the dispatch floor",
  source: readWgsl(import.meta.url, "./00-noop.wgsl"),
  params,
  passes: mainPass(({ count }, { WORKGROUP_SIZE }) => linearWorkgroups(count, WORKGROUP_SIZE)),
};

/** Rung 01: one element per invocation. */
export const naive: Rung<SgdShape> = {
  id: "sgd-update/01-naive",
  change: "the first rung",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  params,
  passes: mainPass(({ count }, { WORKGROUP_SIZE }) => linearWorkgroups(count, WORKGROUP_SIZE)),
};

/** Rung 02: one vector of four elements per invocation. */
export const vec4: Rung<SgdShape> = {
  id: "sgd-update/02-vec4",
  change: "four elements per invocation",
  source: readWgsl(import.meta.url, "./02-vec4.wgsl"),
  params,
  passes: mainPass(({ count }, { WORKGROUP_SIZE }) => linearWorkgroups(ceilDiv(count, 4), WORKGROUP_SIZE)),
};

/** Rung 03: several vectors per invocation, a workgroup apart. */
export const strided: Rung<SgdShape> = {
  id: "sgd-update/03-strided",
  change: "8 vectors per invocation, a workgroup apart",
  source: readWgsl(import.meta.url, "./03-strided.wgsl"),
  params,
  passes: mainPass(({ count }, { WORKGROUP_SIZE, VECTORS }) =>
    linearWorkgroups(ceilDiv(count, 4 * VECTORS), WORKGROUP_SIZE),
  ),
};

/** Rung 04: a run of neighbouring vectors per invocation. */
export const run: Rung<SgdShape> = {
  id: "sgd-update/04-run",
  change: "the 8 vectors neighbours",
  source: readWgsl(import.meta.url, "./04-run.wgsl"),
  params,
  passes: mainPass(({ count }, { WORKGROUP_SIZE, VECTORS }) =>
    linearWorkgroups(ceilDiv(count, 4 * VECTORS), WORKGROUP_SIZE),
  ),
};
