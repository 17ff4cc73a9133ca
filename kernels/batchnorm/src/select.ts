import type { DeviceTraits } from "@fledge/runtime";
import * as apply from "./apply/ladder.ts";
import * as backward from "./backward/ladder.ts";
import { elements, rowCount, type ActivationShape } from "./shape.ts";
import * as statistics from "./statistics/ladder.ts";

/** From this many channels on, a quad of channels for each lane occupies eight cores of eight lanes. */
const MANY_CHANNELS = 256;
/** Up to this many rows, a dispatch costs more than the cores that stay idle. */
const FEW_ROWS = 4096;

/**
 * From this many bytes on, what a kernel reads does not stay in a core's caches, within which gathers cost no more than
 * scalar loads.
 */
const CACHE_BYTES = 2 ** 22;

/** Whether scalar loads of uniform addresses pay, for a kernel that reads so many activations. */
const outgrowsCache = (shape: ActivationShape, activations: number): boolean =>
  4 * activations * elements(shape) >= CACHE_BYTES;

const suitsWholeColumns = (shape: ActivationShape): boolean => shape.C >= MANY_CHANNELS || rowCount(shape) <= FEW_ROWS;

const ids = (...rungs: readonly { readonly id: string }[]): readonly string[] => rungs.map(({ id }) => id);

/**
 * On a CPU whole columns, or strips where these are few and long, or uniform addresses where the driver makes scalar
 * code of them and the activation is large; on a GPU trees. Single channels where C % 4 != 0. Sums about row 0 are no candidate, however fast: an outlier there costs digits.
 */
export function selectStatistics(
  shape: ActivationShape,
  { deviceClass, softwareRoad }: DeviceTraits,
): readonly string[] {
  const { wholeColumns, vectorised, workgroupTree, subgroupShuffle, singleRead, uniform } = statistics;
  if (deviceClass !== "software") return ids(workgroupTree, subgroupShuffle, vectorised, singleRead);
  if (softwareRoad === "uniform") {
    return outgrowsCache(shape, 1)
      ? ids(uniform, vectorised, wholeColumns, singleRead)
      : ids(wholeColumns, vectorised, uniform, singleRead);
  }
  return suitsWholeColumns(shape)
    ? ids(wholeColumns, vectorised, singleRead)
    : ids(vectorised, wholeColumns, singleRead);
}

/** Vectors, on a CPU of more rows or with uniform addresses, where C is a multiple of 4, else single channels. */
export function selectApply(_shape: ActivationShape, { deviceClass, softwareRoad }: DeviceTraits): readonly string[] {
  const { longRuns, vectorised, severalRows, uniform } = apply;
  if (softwareRoad === "uniform") return ids(uniform, longRuns, vectorised, severalRows);
  return deviceClass === "software" ? ids(longRuns, vectorised, severalRows) : ids(vectorised, longRuns, severalRows);
}

/**
 * On a CPU whole columns, or strips where these are few and long or the adapter has 8 storage buffers only, or uniform
 * addresses where the driver makes scalar code of them and the activation is large; on a GPU trees. Single channels
 * where C % 4 != 0.
 */
export function selectBackward(shape: ActivationShape, { deviceClass, softwareRoad }: DeviceTraits): readonly string[] {
  const { wholeColumns, longStrips, workgroupTree, vectorised, severalRows, uniform } = backward;
  if (deviceClass !== "software") return ids(workgroupTree, vectorised, severalRows);
  if (softwareRoad === "uniform") {
    return outgrowsCache(shape, 2)
      ? ids(uniform, wholeColumns, longStrips, severalRows)
      : ids(wholeColumns, longStrips, uniform, severalRows);
  }
  return suitsWholeColumns(shape)
    ? ids(wholeColumns, longStrips, severalRows)
    : ids(longStrips, wholeColumns, severalRows);
}
