import { linearWorkgroups, mainPass, readWgsl, type Rung } from "@fledge/runtime";
import type { LogitsShape } from "../shape.ts";

/** Rung 01: one invocation per row. */
export const naive: Rung<LogitsShape> = {
  id: "top-one/01-naive",
  change: "the first rung",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  params: ({ N, C }) => ({ N, C }),
  passes: mainPass(({ N }, { WORKGROUP_SIZE }) => linearWorkgroups(N, WORKGROUP_SIZE)),
};
