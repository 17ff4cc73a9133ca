import type { DeviceTraits } from "@fledge/runtime";
import * as apply from "./apply/ladder.ts";
import * as backward from "./backward/ladder.ts";
import { elements, rowCount, type ActivationShape } from "./shape.ts";
import * as statistics from "./statistics/ladder.ts";

/** From this many channels on, a quad of channels for each lane occupies eight cores of eight lanes. */
const MANY_CHANNELS = 256;
/** Up to this many rows, a dispatch costs more than the cores that stay idle. */
const FEW_ROWS = 4096;

/** From this many bytes on, an activation does not stay in a core's caches, and a gather waits for its cache lines. */
const CACHE_BYTES = 2 ** 19;

/** From this many bytes on, reading 256 channels of a row in one piece pays for strips of their own. */
const LONG_ROWS_BYTES = 2 ** 21;

const outgrowsCache = (shape: ActivationShape): boolean => 4 * elements(shape) >= CACHE_BYTES;

const suitsWholeColumns = (shape: ActivationShape): boolean => shape.C >= MANY_CHANNELS || rowCount(shape) <= FEW_ROWS;

const ids = (...rungs: readonly { readonly id: string }[]): readonly string[] => rungs.map(({ id }) => id);

/**
 * On a CPU whole columns, or strips where these are few and long, or lines touched ahead where the driver gathers and
 * the activation is large; on a GPU trees. Single channels where C % 4 != 0. Sums about row 0 are no candidate, however
 * fast: an outlier there costs digits.
 */
export function selectStatistics(
  shape: ActivationShape,
  { deviceClass, softwareRoad, subgroupSize }: DeviceTraits,
): readonly string[] {
  const { wholeColumns, vectorised, workgroupTree, subgroupShuffle, singleRead, uniform, touchedAhead, wideLanes } =
    statistics;
  if (deviceClass !== "software") return ids(workgroupTree, subgroupShuffle, vectorised, singleRead);
  if (softwareRoad === "uniform") {
    const touched = subgroupSize < 16 ? touchedAhead : wideLanes;
    return outgrowsCache(shape)
      ? ids(touched, wholeColumns, uniform, singleRead)
      : ids(wholeColumns, touched, uniform, singleRead);
  }
  return suitsWholeColumns(shape)
    ? ids(wholeColumns, vectorised, singleRead)
    : ids(vectorised, wholeColumns, singleRead);
}

/** Vectors, on a CPU of more rows or with uniform addresses, where C is a multiple of 4, else single channels. */
export function selectApply(_shape: ActivationShape, { deviceClass, softwareRoad }: DeviceTraits): readonly string[] {
  const { longRuns, vectorised, severalRows, uniform, countedTurns } = apply;
  if (softwareRoad === "uniform") return ids(countedTurns, uniform, longRuns, vectorised, severalRows);
  return deviceClass === "software" ? ids(longRuns, vectorised, severalRows) : ids(vectorised, longRuns, severalRows);
}

/**
 * On a CPU whole columns, or strips where these are few and long or the adapter has 8 storage buffers only, or lines
 * touched ahead where the driver gathers and the activation is large, by 16 lanes where a subgroup has them, and of 256
 * channels at once where there are as many; on a GPU trees. Single channels where C % 4 != 0.
 */
export function selectBackward(
  shape: ActivationShape,
  { deviceClass, softwareRoad, subgroupSize }: DeviceTraits,
): readonly string[] {
  const { wholeColumns, longStrips, workgroupTree, vectorised, severalRows, uniform, touchedAhead } = backward;
  if (deviceClass !== "software") return ids(workgroupTree, vectorised, severalRows);
  if (softwareRoad === "uniform") {
    const touched = subgroupSize < 16 ? touchedAhead : backward.counted;
    if (subgroupSize >= 16 && 4 * elements(shape) >= LONG_ROWS_BYTES)
      return ids(backward.long, touched, wholeColumns, uniform, longStrips, severalRows);
    return outgrowsCache(shape)
      ? ids(touched, wholeColumns, uniform, longStrips, severalRows)
      : ids(wholeColumns, touched, uniform, longStrips, severalRows);
  }
  return suitsWholeColumns(shape)
    ? ids(wholeColumns, longStrips, severalRows)
    : ids(longStrips, wholeColumns, severalRows);
}
