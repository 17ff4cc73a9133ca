import { ceilDiv, linearWorkgroups, mainPass, readWgsl, type Rung } from "@fledge/runtime";
import { needsGrid, needsVectors } from "../needs-vectors.ts";
import { linearParams, type LinearShape } from "../shape.ts";

/** Rung 00: the dispatch floor. */
export const noop: Rung<LinearShape> = {
  id: "linear-forward/00-noop",
  change: "the dispatch floor",
  source: readWgsl(import.meta.url, "./00-noop.wgsl"),
  params: linearParams,
  passes: mainPass(({ N, OUT }, { WORKGROUP }) => linearWorkgroups(N * OUT, WORKGROUP)),
};

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

/** Rung 03: the lanes of a subgroup load for one another. */
export const laneBroadcast: Rung<LinearShape> = {
  id: "linear-forward/03-lane-broadcast",
  change: "operands of the rows loaded once per subgroup",
  source: readWgsl(import.meta.url, "./03-lane-broadcast.wgsl"),
  params: linearParams,
  passes: mainPass(({ N, OUT }, { WORKGROUP, TM }) => [ceilDiv(OUT / 4, WORKGROUP), ceilDiv(N, TM), 1]),
  unsupported: needsGrid,
  features: ["subgroups"],
};

/** Rung 04: tiles in workgroup memory. */
export const workgroupTiles: Rung<LinearShape> = {
  id: "linear-forward/04-workgroup-tiles",
  change: "operands loaded once per workgroup",
  source: readWgsl(import.meta.url, "./04-workgroup-tiles.wgsl"),
  params: linearParams,
  passes: mainPass(({ N, OUT }, { BM, BN }) => [ceilDiv(OUT / 4, BN), ceilDiv(N, BM), 1]),
  unsupported: needsGrid,
};

/** Rung 05: the sum over IN split over several invocations. */
export const splitK: Rung<LinearShape> = {
  id: "linear-forward/05-split-k",
  change: "SPLITS parts of the sum, added up in a second pass",
  source: readWgsl(import.meta.url, "./05-split-k.wgsl"),
  params: linearParams,
  scratch: ({ N, OUT }, { SPLITS }) => ({ partials: { shape: [SPLITS, N, OUT], dtype: "f32" } }),
  passes: [
    {
      entryPoint: "partialSums",
      workgroups: ({ N, OUT }, { WORKGROUP, TM, SPLITS }) => [
        ceilDiv(ceilDiv(N, TM) * (OUT / 4), WORKGROUP),
        SPLITS,
        1,
      ],
    },
    { entryPoint: "addUp", workgroups: ({ N, OUT }, { WORKGROUP }) => linearWorkgroups(N * (OUT / 4), WORKGROUP) },
  ],
  unsupported: needsGrid,
};
