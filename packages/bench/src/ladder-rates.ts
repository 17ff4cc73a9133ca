import { rungFile } from "@fledge/runtime";
import type { CaseResult, LadderResult, Measurement, Refusal, TimedRung } from "./ladder-result.ts";

/** A ladder whose densest case has fewer operations per byte of least traffic is rated by its bytes. */
const computeBoundFrom = 10;

/** Operations per byte of least traffic. */
export const densityOf = ({ flops, leastBytes }: CaseResult): number => flops / leastBytes;

/** What a ladder is rated by, and the probe that gives the adapter's ceiling. */
export interface Rating {
  readonly unit: "GFLOPS" | "GB/s";
  readonly probe: "FMA" | "copy";
  readonly rateOf: (measured: Measurement) => number;
  readonly ceilingOf: (one: CaseResult) => number;
}

/** Arithmetic or memory, by the ladder's densest case. */
export function ratingOf({ cases }: Pick<LadderResult, "cases">): Rating {
  return Math.max(...cases.map(densityOf)) >= computeBoundFrom
    ? {
        unit: "GFLOPS",
        probe: "FMA",
        rateOf: ({ rateGflops }) => rateGflops,
        ceilingOf: ({ ceilings }) => ceilings.fma.rateGflops,
      }
    : {
        unit: "GB/s",
        probe: "copy",
        rateOf: ({ rateGbps }) => rateGbps,
        ceilingOf: ({ ceilings }) => ceilings.copy.rateGbps,
      };
}

/** `a`, `b`, ...: what a case is called at the head of a column. */
export const letterOf = (index: number): string => String.fromCharCode(97 + index);

/** A rung on every case. */
export interface RungRow {
  readonly rung: string;
  readonly runs: readonly (TimedRung | Refusal)[];
  /** It computes nothing and has no rate: the dispatch floor. */
  readonly isFloor: boolean;
}

/** The rungs in ladder order. */
export const rowsOf = ({ cases }: LadderResult): RungRow[] =>
  cases[0]!.rungs.map(({ rung }, index) => ({
    rung: rungFile(rung),
    runs: cases.map(({ rungs }) => rungs[index]!),
    isFloor: rungFile(rung) === "00-noop",
  }));
