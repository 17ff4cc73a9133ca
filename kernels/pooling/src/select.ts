import type { DeviceTraits } from "@fledge/runtime";
import * as averageBackward from "./average-backward/ladder.ts";
import * as averageForward from "./average-forward/ladder.ts";
import * as maxBackward from "./max-backward/ladder.ts";
import * as maxForward from "./max-forward/ladder.ts";

type Named = { readonly id: string };

/** Rungs in one order on adapters that compute on the CPU, in another on GPUs. */
const order =
  (software: readonly Named[], hardware: readonly Named[]) =>
  (_shape: unknown, { deviceClass }: DeviceTraits): readonly string[] =>
    (deviceClass === "software" ? software : hardware).map(({ id }) => id);

/** From this many channels on, neighbouring vectors of four occupy all of eight lanes, and of sixteen. */
const CHANNELS_OF_LANES = 32;
const CHANNELS_OF_WIDE_LANES = 64;

type Touching = Readonly<Record<"touchedAhead" | "wideLanes", Named>>;

/**
 * Lines touched ahead first where a software driver gathers, and there are channels for its lanes, by 16 lanes where a
 * subgroup has them; else the given order.
 */
const touching =
  ({ touchedAhead, wideLanes }: Touching, otherwise: ReturnType<typeof order>) =>
  (shape: { readonly C: number }, device: DeviceTraits): readonly string[] => {
    const others = otherwise(shape, device);
    if (device.softwareRoad !== "uniform" || shape.C < CHANNELS_OF_LANES) return others;
    return device.subgroupSize >= 16 && shape.C >= CHANNELS_OF_WIDE_LANES
      ? [wideLanes.id, touchedAhead.id, ...others]
      : [touchedAhead.id, ...others];
  };

// A CPU pays for each invocation and each division, so it wants runs of channels; a GPU wants many invocations.
export const selectMaxForward = touching(
  maxForward,
  order(
    [maxForward.run, maxForward.grid, maxForward.vec4, maxForward.naive],
    [maxForward.grid, maxForward.fixedWindow, maxForward.vec4, maxForward.run, maxForward.naive],
  ),
);
export const selectMaxBackward = touching(
  maxBackward,
  order(
    [maxBackward.run, maxBackward.block, maxBackward.vec4, maxBackward.naive],
    [maxBackward.block, maxBackward.grid, maxBackward.vec4, maxBackward.run, maxBackward.naive],
  ),
);
export const selectAverageForward = order(
  [averageForward.run, averageForward.vec4, averageForward.naive],
  [averageForward.splitRows, averageForward.vec4, averageForward.run, averageForward.naive],
);
export const selectAverageBackward = order(
  [averageBackward.column, averageBackward.vec4, averageBackward.naive],
  [averageBackward.vec4, averageBackward.column, averageBackward.naive],
);
