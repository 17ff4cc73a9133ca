import type { DeviceTraits } from "@fledge/runtime";
import * as dropPathBackward from "./drop-path-backward/ladder.ts";
import * as dropPathForward from "./drop-path-forward/ladder.ts";
import * as drawn from "./dropout-drawn/ladder.ts";
import * as dropout from "./dropout/ladder.ts";
import * as keepMask from "./keep-mask/ladder.ts";

type Named = { readonly id: string };

/** Rungs in one order on adapters that compute on the CPU, in another on GPUs. */
const order =
  (software: readonly Named[], hardware: readonly Named[]) =>
  (_shape: unknown, { deviceClass }: DeviceTraits): readonly string[] =>
    (deviceClass === "software" ? software : hardware).map(({ id }) => id);

/** The draws are what takes the time, on any device: as few as there can be. */
const fewestDraws = (ladder: Readonly<Record<"vec4" | "block", Named>>) => {
  const rungs = [ladder.vec4, ladder.block];
  return order(rungs, rungs);
};

export const selectKeepMask = fewestDraws(keepMask);
export const selectDropoutDrawn = fewestDraws(drawn);

// A CPU pays for each invocation and each division, so it wants runs; a GPU wants many invocations.
export const selectDropout = order([dropout.run, dropout.vec4], [dropout.vec4, dropout.run]);
export const selectDropPathForward = order(
  [dropPathForward.run, dropPathForward.vec4, dropPathForward.naive],
  [dropPathForward.skip, dropPathForward.run, dropPathForward.vec4, dropPathForward.naive],
);
export const selectDropPathBackward = order(
  [dropPathBackward.run, dropPathBackward.vec4, dropPathBackward.naive],
  [dropPathBackward.grid, dropPathBackward.run, dropPathBackward.vec4, dropPathBackward.naive],
);
