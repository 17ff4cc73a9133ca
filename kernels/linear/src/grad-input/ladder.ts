import { ceilDiv, linearWorkgroups, mainPass, readWgsl, type Rung } from "@fledge/runtime";
import { needsVectors } from "../needs-vectors.ts";
import { linearParams, type LinearShape } from "../shape.ts";

/** Rung 01: one element of dX per invocation. */
export const naive: Rung<LinearShape> = {
  id: "linear-grad-input/01-naive",
  change: "the first rung",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  params: linearParams,
  passes: mainPass(({ N, IN }, { WORKGROUP }) => linearWorkgroups(N * IN, WORKGROUP)),
};

/** Rung 02: a block of dX in the registers of each invocation. */
export const registerBlocked: Rung<LinearShape> = {
  id: "linear-grad-input/02-register-blocked",
  change: "1 -> TM*4 sums per invocation",
  source: readWgsl(import.meta.url, "./02-register-blocked.wgsl"),
  params: linearParams,
  passes: mainPass(({ N, IN }, { WORKGROUP, TM }) => linearWorkgroups(ceilDiv(N, TM) * (IN / 4), WORKGROUP)),
  unsupported: needsVectors,
};
