import type { DeviceTraits } from "@fledge/runtime";
import * as advance from "./advance/ladder.ts";
import * as update from "./update/ladder.ts";

/** On a CPU each invocation has a price, and each lane walks by itself; a GPU's lanes load side by side. */
export function selectUpdate(_shape: unknown, { deviceClass }: DeviceTraits): readonly string[] {
  const { vec4, strided, run } = update;
  return deviceClass === "software" ? [run.id, strided.id, vec4.id] : [vec4.id, strided.id, run.id];
}

export const selectAdvance = (): readonly string[] => [advance.naive.id];
