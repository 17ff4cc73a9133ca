import type { DeviceTraits } from "@fledge/runtime";
import * as mixImages from "./mix-images/ladder.ts";
import * as mixTargets from "./mix-targets/ladder.ts";
import * as pixels from "./normalise-pixels/ladder.ts";
import { fourPixels, naive, run, wholeWords } from "./normalise/ladder.ts";

/** Runs of a row on a CPU, which pays for each invocation; quads on a GPU; one pixel where rows are no whole quads. */
export function selectNormalise(_shape: unknown, { deviceClass }: DeviceTraits): readonly string[] {
  const order = deviceClass === "software" ? [run, fourPixels, naive] : [wholeWords, fourPixels, run, naive];
  return order.map(({ id }) => id);
}

/** Runs on a CPU, which pays for each invocation; single vectors on a GPU, whose lanes load together. */
export function selectMixImages(_shape: unknown, { deviceClass }: DeviceTraits): readonly string[] {
  const { naive: plainest, vec4, run: runs } = mixImages;
  return (deviceClass === "software" ? [runs, vec4, plainest] : [vec4, runs, plainest]).map(({ id }) => id);
}

export const selectMixTargets = (): readonly string[] => [mixTargets.naive.id];

/** Whole vectors where the pixels are. */
export const selectNormalisePixels = (): readonly string[] => [pixels.fourPixels.id, pixels.naive.id];
