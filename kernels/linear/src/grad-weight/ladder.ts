import { linearWorkgroups, mainPass, readWgsl, type Rung } from "@fledge/runtime";
import { needsVectors } from "../needs-vectors.ts";
import { linearParams, type LinearShape } from "../shape.ts";

/** Rung 01: one element of dWeight per invocation. */
export const naive: Rung<LinearShape> = {
  id: "linear-grad-weight/01-naive",
  change: "the first rung",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  params: linearParams,
  passes: mainPass(({ IN, OUT }, { WORKGROUP }) => linearWorkgroups(IN * OUT, WORKGROUP)),
};

/** Rung 02: a block of dWeight in the registers of each invocation. */
export const registerBlocked: Rung<LinearShape> = {
  id: "linear-grad-weight/02-register-blocked",
  change: "1 -> 16 sums per invocation",
  source: readWgsl(import.meta.url, "./02-register-blocked.wgsl"),
  params: linearParams,
  passes: mainPass(({ IN, OUT }, { WORKGROUP }) => linearWorkgroups((IN / 4) * (OUT / 4), WORKGROUP)),
  unsupported: needsVectors,
};
