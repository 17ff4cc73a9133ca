import type { DeviceTraits } from "@fledge/runtime";
import * as accumulate from "./accumulate/ladder.ts";
import * as advance from "./advance/ladder.ts";
import * as average from "./average/ladder.ts";
import * as scaleRate from "./scale-rate/ladder.ts";
import * as update from "./update/ladder.ts";

type Ladder = Pick<typeof update | typeof accumulate, "vec4" | "strided" | "run" | "uniform">;

/**
 * On a CPU each invocation has a price, and each lane walks by itself, where the driver does not make scalar code of
 * uniform addresses; a GPU's lanes load side by side.
 */
function prefer({ vec4, strided, run, uniform }: Ladder) {
  return (_shape: unknown, { deviceClass, softwareRoad }: DeviceTraits): readonly string[] => {
    if (deviceClass !== "software") return [vec4.id, strided.id, run.id];
    return softwareRoad === "uniform" ? [uniform.id, run.id, vec4.id] : [run.id, strided.id, vec4.id];
  };
}

export const selectUpdate = prefer(update);
export const selectAccumulate = prefer(accumulate);
export const selectAverage = prefer(average);

export const selectAdvance = (): readonly string[] => [advance.naive.id];
export const selectScaleRate = (): readonly string[] => [scaleRate.naive.id];
