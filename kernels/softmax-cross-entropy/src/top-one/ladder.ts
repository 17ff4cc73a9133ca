import { linearWorkgroups, mainPass, readWgsl, type Rung } from "@fledge/runtime";
import type { LogitsShape } from "../shape.ts";

/** Rung 00: the dispatch floor. */
export const noop: Rung<LogitsShape> = {
  id: "top-one/00-noop",
  change: "the dispatch floor",
  source: readWgsl(import.meta.url, "./00-noop.wgsl"),
  params: ({ N, C }) => ({ N, C }),
  passes: mainPass(({ N }, { WORKGROUP_SIZE }) => linearWorkgroups(N, WORKGROUP_SIZE)),
};

/** Rung 01: one invocation per row. */
export const naive: Rung<LogitsShape> = {
  id: "top-one/01-naive",
  change: "the first rung",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  params: ({ N, C }) => ({ N, C }),
  passes: mainPass(({ N }, { WORKGROUP_SIZE }) => linearWorkgroups(N, WORKGROUP_SIZE)),
};
