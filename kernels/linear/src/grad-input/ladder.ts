import {
  ceilDiv,
  ladderOf,
  linearWorkgroups,
  mainPass,
  precisionFeatures,
  roundedOperandsError,
} from "@fledge/runtime";
import { needsGrid, needsVectors } from "../needs-vectors.ts";
import { linearParams, type LinearShape } from "../shape.ts";

const { ladder, rung } = ladderOf<LinearShape>("linear-grad-input", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one element of dX per invocation",
  params: linearParams,
  passes: mainPass(({ N, IN }, { WORKGROUP }) => linearWorkgroups(N * IN, WORKGROUP)),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

export const registerBlocked = rung("02-register-blocked", {
  from: naive,
  idea: "1 -> TM*4 sums per invocation",
  passes: mainPass(({ N, IN }, { WORKGROUP, TM }) => linearWorkgroups(ceilDiv(N, TM) * (IN / 4), WORKGROUP)),
  unsupported: needsVectors,
});

export const laneBroadcast = rung("03-lane-broadcast", {
  from: registerBlocked,
  idea: "operands of the rows loaded once per subgroup",
  passes: mainPass(({ N, IN }, { WORKGROUP, TM }) => [ceilDiv(IN / 4, WORKGROUP), ceilDiv(N, TM), 1]),
  unsupported: needsGrid,
  features: ["subgroups"],
});

export const workgroupTiles = rung("04-workgroup-tiles", {
  from: registerBlocked,
  idea: "operands loaded once per workgroup",
  passes: mainPass(({ N, IN }, { BM, BN }) => [ceilDiv(IN / 4, BN), ceilDiv(N, BM), 1]),
  unsupported: needsGrid,
});

export const f16 = rung("05-f16", {
  from: workgroupTiles,
  idea: "operands rounded to f16",
  features: precisionFeatures.f16,
  errorFactor: ({ OUT }) => roundedOperandsError(OUT),
});

export const uniformRows = rung("06-uniform-rows", {
  from: registerBlocked,
  idea: "dOut loaded at addresses that all lanes share",
  passes: laneBroadcast.passes,
  unsupported: needsGrid,
});
