import { mainPass, readWgsl, type Rung } from "@fledge/runtime";
import type { SgdAdvanceShape } from "../shape.ts";

/** Rung 01: one invocation. */
export const naive: Rung<SgdAdvanceShape> = {
  id: "sgd-advance/01-naive",
  change: "the first rung",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  passes: mainPass(() => [1, 1, 1]),
};
