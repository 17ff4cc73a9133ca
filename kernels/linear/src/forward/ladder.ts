import { ceilDiv, linearWorkgroups, mainPass, readWgsl, type Rung } from "@fledge/runtime";
import { needsVectors } from "../needs-vectors.ts";
import { linearParams, type LinearShape } from "../shape.ts";

/** Rung 01: one element of out per invocation. */
export const naive: Rung<LinearShape> = {
  id: "linear-forward/01-naive",
  change: "the first rung",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  params: linearParams,
  passes: mainPass(({ N, OUT }, { WORKGROUP }) => linearWorkgroups(N * OUT, WORKGROUP)),
};

/** Rung 02: a block of out in the registers of each invocation. */
export const registerBlocked: Rung<LinearShape> = {
  id: "linear-forward/02-register-blocked",
  change: "1 -> TM*4 sums per invocation",
  source: readWgsl(import.meta.url, "./02-register-blocked.wgsl"),
  params: linearParams,
  passes: mainPass(({ N, OUT }, { WORKGROUP, TM }) => linearWorkgroups(ceilDiv(N, TM) * (OUT / 4), WORKGROUP)),
  unsupported: needsVectors,
};
