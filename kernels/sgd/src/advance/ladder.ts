import { mainPass, readWgsl, type Rung } from "@fledge/runtime";
import type { SgdAdvanceShape } from "../shape.ts";

/** Rung 00: the dispatch floor. */
export const noop: Rung<SgdAdvanceShape> = {
  id: "sgd-advance/00-noop",
  change: "the dispatch floor",
  source: readWgsl(import.meta.url, "./00-noop.wgsl"),
  passes: mainPass(() => [1, 1, 1]),
};

/** Rung 01: one invocation. */
export const naive: Rung<SgdAdvanceShape> = {
  id: "sgd-advance/01-naive",
  change: "the first rung",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  passes: mainPass(() => [1, 1, 1]),
};
