import type { DeviceTraits } from "@fledge/runtime";
import * as apply from "./apply/ladder.ts";
import * as backward from "./backward/ladder.ts";
import { rowCount, type ActivationShape } from "./shape.ts";
import * as statistics from "./statistics/ladder.ts";

/** From this many channels on, a quad of channels for each lane occupies eight cores of eight lanes. */
const MANY_CHANNELS = 256;
/** Up to this many rows, a dispatch costs more than the cores that stay idle. */
const FEW_ROWS = 4096;

const suitsWholeColumns = (shape: ActivationShape): boolean => shape.C >= MANY_CHANNELS || rowCount(shape) <= FEW_ROWS;

/** On a CPU whole columns, or strips where they are few and long; on a GPU trees. Single channels where C % 4 != 0. */
export function selectStatistics(shape: ActivationShape, { deviceClass }: DeviceTraits): readonly string[] {
  const quads =
    deviceClass !== "software"
      ? [statistics.workgroupTree]
      : suitsWholeColumns(shape)
        ? [statistics.wholeColumns]
        : [statistics.vectorised];
  return [...quads, statistics.singleRead].map(({ id }) => id);
}

/** Vectors, on a CPU of more rows, where C is a multiple of 4, else single channels. */
export const selectApply = (_shape: ActivationShape, { deviceClass }: DeviceTraits): readonly string[] => [
  (deviceClass === "software" ? apply.longRuns : apply.vectorised).id,
  apply.severalRows.id,
];

/**
 * On a CPU whole columns, or strips where they are few and long or the adapter has 8 storage buffers only; on a GPU
 * trees. Single channels where C % 4 != 0.
 */
export function selectBackward(shape: ActivationShape, { deviceClass }: DeviceTraits): readonly string[] {
  const quads =
    deviceClass !== "software"
      ? [backward.workgroupTree]
      : [...(suitsWholeColumns(shape) ? [backward.wholeColumns] : []), backward.longStrips];
  return [...quads, backward.severalRows].map(({ id }) => id);
}
