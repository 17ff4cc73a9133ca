import { linearWorkgroups, mainPass, readWgsl, type Rung } from "@fledge/runtime";
import { starterKernelParams, type StarterKernelShape } from "../shape.ts";

/** Rung 01: one element per invocation. */
export const naive: Rung<StarterKernelShape> = {
  id: "starter-kernel-forward/01-naive",
  change: "the first rung",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  params: starterKernelParams,
  passes: mainPass(({ count }, { WORKGROUP }) => linearWorkgroups(count, WORKGROUP)),
};

/** The dispatch floor: as many workgroups as rung 01, which do nothing. */
export const noop: Rung<StarterKernelShape> = {
  ...naive,
  id: "starter-kernel-forward/00-noop",
  change: "nothing: the dispatch floor",
  source: readWgsl(import.meta.url, "./00-noop.wgsl"),
};
