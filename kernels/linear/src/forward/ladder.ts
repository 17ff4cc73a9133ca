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

const { ladder, rung } = ladderOf<LinearShape>("linear-forward", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one element of out per invocation",
  params: linearParams,
  passes: mainPass(({ N, OUT }, { WORKGROUP }) => linearWorkgroups(N * OUT, WORKGROUP)),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

export const registerBlocked = rung("02-register-blocked", {
  from: naive,
  idea: "1 -> TM*4 sums per invocation",
  passes: mainPass(({ N, OUT }, { WORKGROUP, TM }) => linearWorkgroups(ceilDiv(N, TM) * (OUT / 4), WORKGROUP)),
  unsupported: needsVectors,
});

export const laneBroadcast = rung("03-lane-broadcast", {
  from: registerBlocked,
  idea: "operands of the rows loaded once per subgroup",
  passes: mainPass(({ N, OUT }, { WORKGROUP, TM }) => [ceilDiv(OUT / 4, WORKGROUP), ceilDiv(N, TM), 1]),
  unsupported: needsGrid,
  features: ["subgroups"],
});

export const workgroupTiles = rung("04-workgroup-tiles", {
  from: registerBlocked,
  idea: "operands loaded once per workgroup",
  passes: mainPass(({ N, OUT }, { BM, BN }) => [ceilDiv(OUT / 4, BN), ceilDiv(N, BM), 1]),
  unsupported: needsGrid,
});

export const splitK = rung("05-split-k", {
  from: registerBlocked,
  idea: "SPLITS parts of the sum, added up in a second pass",
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
});

export const f16 = rung("06-f16", {
  from: workgroupTiles,
  idea: "operands rounded to f16",
  features: precisionFeatures.f16,
  errorFactor: ({ IN }) => roundedOperandsError(IN),
});

export const uniformRows = rung("07-uniform-rows", {
  from: registerBlocked,
  idea: "x loaded at addresses that all lanes share",
  passes: laneBroadcast.passes,
  unsupported: needsGrid,
});
