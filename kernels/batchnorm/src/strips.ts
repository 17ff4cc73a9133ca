import { ceilDiv } from "@fledge/runtime";
import { rowCount, type ActivationShape } from "./shape.ts";

/** Fewer rows than this are not worth an invocation of their own. */
const LEAST_STRIP_ROWS = 64;
/** Bounds the serial loop that adds the strips' results up. */
const MOST_STRIPS = 512;

/**
 * How a reduction over the rows is split: strip s has rows [s * stripRows, (s + 1) * stripRows), the last one maybe
 * fewer, never none. It depends on the shape alone, so that sums come out the same on every device.
 */
export function stripsOf(shape: ActivationShape): { readonly stripRows: number; readonly strips: number } {
  const rows = rowCount(shape);
  const stripRows = Math.max(LEAST_STRIP_ROWS, ceilDiv(rows, MOST_STRIPS));
  return { stripRows, strips: ceilDiv(rows, stripRows) };
}
