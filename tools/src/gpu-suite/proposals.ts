import type { LadderResult } from "@fledge/bench";

/** A layer on which another rung than the chosen one was faster. */
export interface Proposal {
  readonly ladder: string;
  readonly layer: string;
  readonly selected: string;
  readonly fastest: string;
  /** The chosen rung's time over the fastest one's, of medians. */
  readonly gain: number;
}

/** A gain below this is noise: the tuner asks for as much. */
const leastGain = 1.05;

/**
 * Where a default should be thought over: medians that differ by 5 % and whose spreads do not overlap.
 * @param inexact rungs that round operands to f16, which are never a default
 */
export function proposalsOf(ladders: Readonly<Record<string, LadderResult>>, inexact: ReadonlySet<string>): Proposal[] {
  return Object.entries(ladders).flatMap(([ladder, { cases }]) =>
    cases.flatMap(({ name: layer, selected, rungs }): Proposal[] => {
      const timed = rungs.flatMap((one) =>
        one.outcome === "timed" && !one.rung.endsWith("00-noop") && !inexact.has(one.rung) ? [one] : [],
      );
      const own = timed.find(({ rung }) => rung === selected);
      if (!own) return [];
      const fastest = timed.reduce((best, one) => (one.timeUs.median < best.timeUs.median ? one : best), own);
      const gain = own.timeUs.median / fastest.timeUs.median;
      if (gain < leastGain || fastest.timeUs.p90 >= own.timeUs.p10) return [];
      return [{ ladder, layer, selected, fastest: fastest.rung, gain }];
    }),
  );
}
