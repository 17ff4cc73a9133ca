import { ceilDiv } from "@fledge/runtime";
import { rowCount, type ActivationShape } from "./shape.ts";

/** Fewer rows than this are not worth an invocation of their own. */
const LEAST_STRIP_ROWS = 64;
/** For strips that 32 invocations share. */
export const TREE_STRIP_ROWS = 256;
/** Bounds the serial loop that adds the strips' results up. */
const MOST_STRIPS = 512;

export interface Strips {
  readonly stripRows: number;
  readonly strips: number;
}

/**
 * How a reduction over the rows is split: strip s has rows [s * stripRows, (s + 1) * stripRows), the last one maybe
 * fewer, never none. It depends on the shape alone, so that sums come out the same on every device.
 */
export function stripsOf(shape: ActivationShape, leastRows = LEAST_STRIP_ROWS): Strips {
  const rows = rowCount(shape);
  const stripRows = Math.max(leastRows, ceilDiv(rows, MOST_STRIPS));
  return { stripRows, strips: ceilDiv(rows, stripRows) };
}

/** Invocations that occupy a CPU: 16 cores of 8 lanes. */
const CPU_LANES = 128;

/** Shorter strips than this are not worth their partial sums. */
const LEAST_LONG_STRIP_ROWS = 16;

/** Strips as long as still give each of a CPU's lanes a quad of channels, where there are rows enough. */
export function longStripsOf(shape: ActivationShape): Strips {
  const rows = rowCount(shape);
  const stripRows = Math.max(LEAST_LONG_STRIP_ROWS, ceilDiv(rows, ceilDiv(CPU_LANES, shape.C / 4)));
  return { stripRows, strips: ceilDiv(rows, stripRows) };
}

/** Channels of a workgroup that reads a KiB of each row in one piece. */
export const KIB_CHANNELS = 256;
/** Workgroups that occupy a CPU's cores. */
const CPU_CORES = 16;

/** Strips that give each of a CPU's cores a workgroup of 256 channels, where there are rows enough. */
export function kibStripsOf(shape: ActivationShape): Strips {
  const rows = rowCount(shape);
  const strips = ceilDiv(CPU_CORES, ceilDiv(shape.C, KIB_CHANNELS));
  const stripRows = Math.max(LEAST_LONG_STRIP_ROWS, ceilDiv(rows, strips));
  return { stripRows, strips: ceilDiv(rows, stripRows) };
}
