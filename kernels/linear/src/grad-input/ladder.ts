import { ceilDiv, linearWorkgroups, mainPass, readWgsl, type Rung } from "@fledge/runtime";
import { needsGrid, needsVectors } from "../needs-vectors.ts";
import { linearParams, type LinearShape } from "../shape.ts";

/** Rung 00: the dispatch floor. */
export const noop: Rung<LinearShape> = {
  id: "linear-grad-input/00-noop",
  change: "the dispatch floor",
  source: readWgsl(import.meta.url, "./00-noop.wgsl"),
  params: linearParams,
  passes: mainPass(({ N, IN }, { WORKGROUP }) => linearWorkgroups(N * IN, WORKGROUP)),
};

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

/** Rung 03: the lanes of a subgroup load for one another. */
export const laneBroadcast: Rung<LinearShape> = {
  id: "linear-grad-input/03-lane-broadcast",
  change: "operands of the rows loaded once per subgroup",
  source: readWgsl(import.meta.url, "./03-lane-broadcast.wgsl"),
  params: linearParams,
  passes: mainPass(({ N, IN }, { WORKGROUP, TM }) => [ceilDiv(IN / 4, WORKGROUP), ceilDiv(N, TM), 1]),
  unsupported: needsGrid,
  features: ["subgroups"],
};

/** Rung 04: tiles in workgroup memory. */
export const workgroupTiles: Rung<LinearShape> = {
  id: "linear-grad-input/04-workgroup-tiles",
  change: "operands loaded once per workgroup",
  source: readWgsl(import.meta.url, "./04-workgroup-tiles.wgsl"),
  params: linearParams,
  passes: mainPass(({ N, IN }, { BM, BN }) => [ceilDiv(IN / 4, BN), ceilDiv(N, BM), 1]),
  unsupported: needsGrid,
};
