import type { DeviceTraits } from "@fledge/runtime";
import * as pixels from "./normalise-pixels/ladder.ts";
import { fourPixels, naive, run, wholeWords } from "./normalise/ladder.ts";

/** Runs of a row on a CPU, which pays for each invocation; quads on a GPU; one pixel where rows are no whole quads. */
export function selectNormalise(_shape: unknown, { deviceClass }: DeviceTraits): readonly string[] {
  const order = deviceClass === "software" ? [run, fourPixels, naive] : [wholeWords, fourPixels, run, naive];
  return order.map(({ id }) => id);
}

/** Whole vectors where the pixels are. */
export const selectNormalisePixels = (): readonly string[] => [pixels.fourPixels.id, pixels.naive.id];
