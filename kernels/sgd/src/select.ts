import type { DeviceTraits } from "@fledge/runtime";
import * as accumulate from "./accumulate/ladder.ts";
import * as advance from "./advance/ladder.ts";
import * as average from "./average/ladder.ts";
import * as scaleRate from "./scale-rate/ladder.ts";
import * as update from "./update/ladder.ts";

/** On a CPU each invocation has a price, and each lane walks by itself; a GPU's lanes load side by side. */
function prefer({ vec4, strided, run }: Pick<typeof update | typeof accumulate, "vec4" | "strided" | "run">) {
  return (_shape: unknown, { deviceClass }: DeviceTraits): readonly string[] =>
    deviceClass === "software" ? [run.id, strided.id, vec4.id] : [vec4.id, strided.id, run.id];
}

export const selectUpdate = prefer(update);
export const selectAccumulate = prefer(accumulate);
export const selectAverage = prefer(average);

export const selectAdvance = (): readonly string[] => [advance.naive.id];
export const selectScaleRate = (): readonly string[] => [scaleRate.naive.id];
