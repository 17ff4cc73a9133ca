import { linearWorkgroups, mainPass, readWgsl, type Rung } from "@fledge/runtime";
import type { SgdShape } from "../shape.ts";

const params = ({ count, momentum, weightDecay, dampening, nesterov }: SgdShape): Record<string, number> => ({
  count,
  momentum,
  weightDecay,
  oneMinusDampening: 1 - dampening,
  nesterov: nesterov ? 1 : 0,
});

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
  passes: mainPass(({ count }, { WORKGROUP_SIZE }) => linearWorkgroups(Math.ceil(count / 4), WORKGROUP_SIZE)),
};
