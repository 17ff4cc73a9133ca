import type { Interval } from "@fledge/statistics";
import type { Summary } from "./analyse.ts";
import type { Contender } from "./outcome.ts";

/** Where a variant's model stands in a figure. */
export interface Place extends Contender {
  /** The line that it is a point of. */
  readonly line: string;
  readonly x: number;
}

export interface CurvePoint extends Place {
  readonly seeds: number;
  readonly mean: number;
  /** Student's, over the seeds. */
  readonly interval: Interval;
}

export interface Curve {
  readonly measure: string;
  readonly lines: readonly { readonly name: string; readonly points: readonly CurvePoint[] }[];
}

/** A figure for each measure: its lines over x, of what is there so far. */
export function curvesOf(summaries: readonly Summary[], places: readonly Place[]): Curve[] {
  const measures = [...new Set(summaries.map(({ measure }) => measure))];
  const names = [...new Set(places.map(({ line }) => line))];
  return measures.map((measure) => {
    const pointOf = (place: Place): CurvePoint[] => {
      const found = summaries.find(
        (one) => one.measure === measure && one.variant === place.variant && one.model === place.model,
      );
      return found ? [{ ...place, seeds: found.seeds, mean: found.mean, interval: found.interval }] : [];
    };
    const lines = names.map((name) => ({
      name,
      points: places.filter(({ line }) => line === name).flatMap(pointOf),
    }));
    return {
      measure,
      lines: lines
        .filter(({ points }) => points.length > 0)
        .map(({ name, points }) => ({ name, points: points.toSorted((a, b) => a.x - b.x) })),
    };
  });
}
