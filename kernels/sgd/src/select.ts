import type { DeviceTraits } from "@fledge/runtime";
import * as accumulate from "./accumulate/ladder.ts";
import * as adaptScale from "./adapt-scale/ladder.ts";
import * as advance from "./advance/ladder.ts";
import * as average from "./average/ladder.ts";
import * as checkFinite from "./check-finite/ladder.ts";
import * as holdAverage from "./hold-average/ladder.ts";
import * as scaleRate from "./scale-rate/ladder.ts";
import * as update from "./update/ladder.ts";
import * as updateScaled from "./update-scaled/ladder.ts";

type Ladder = Pick<typeof update | typeof accumulate, "vec4" | "strided" | "run" | "uniform">;

/**
 * On a CPU each invocation has a price, and each lane walks by itself, where the driver does not make scalar code of
 * uniform addresses; a GPU's lanes load side by side.
 */
function prefer({ vec4, strided, run, uniform }: Ladder, ...beyond: readonly { readonly id: string }[]) {
  return (_shape: unknown, { deviceClass, softwareRoad }: DeviceTraits): readonly string[] => {
    if (deviceClass !== "software") return [vec4.id, strided.id, run.id];
    return softwareRoad === "uniform"
      ? [...beyond.map(({ id }) => id), uniform.id, run.id, vec4.id]
      : [run.id, strided.id, vec4.id];
  };
}

export const selectUpdate = prefer(update, update.usualStep);
export const selectAccumulate = prefer(accumulate);
export const selectAverage = prefer(average);

export const selectAdvance = (): readonly string[] => [advance.naive.id];
export const selectScaleRate = (): readonly string[] => [scaleRate.naive.id];

/** Of the ladders that only training in f16 takes, which a GPU is for. */
const preferOfTwo =
  ({ vec4, run }: Pick<typeof updateScaled | typeof checkFinite, "vec4" | "run">) =>
  (_shape: unknown, { deviceClass }: DeviceTraits): readonly string[] =>
    deviceClass === "software" ? [run.id, vec4.id] : [vec4.id, run.id];

export const selectUpdateScaled = preferOfTwo(updateScaled);
export const selectCheckFinite = preferOfTwo(checkFinite);

export const selectAdaptScale = (): readonly string[] => [adaptScale.naive.id];
export const selectHoldAverage = (): readonly string[] => [holdAverage.naive.id];
