import { renderTable, threeDigits } from "./table.ts";
import type { CaseResult, LadderResult, Measurement } from "./ladder-result.ts";

/** How a rung's time on one shape went from one run (A) to another (B); each figure is B over A, above 1 where B is slower. */
export interface Change {
  readonly rung: string;
  readonly layer: string;
  /** The 10th percentile of the samples. */
  readonly timesUs: readonly [a: number, b: number];
  readonly byTime: number;
  /** Measured by the yardsticks that were timed beside it in the same run. */
  readonly byFma: number;
  readonly byCopy: number;
  readonly byReference: number;
  /** The least of the three: slower by every yardstick, so that no single disturbed measurement looks like a change. */
  readonly slowdown: number;
  /** The least of the three the other way round: faster by every yardstick. */
  readonly speedup: number;
}

export interface Comparison {
  /** In ladder order. */
  readonly changes: readonly Change[];
  /** What was timed in A and is refused, wrong or missing in B, in words. */
  readonly lost: readonly string[];
}

type Ladders = Readonly<Record<string, LadderResult>>;

/**
 * The fast end of the samples. Whatever else runs on a machine only adds to a time, so this end repeats from run to
 * run where the median does not.
 */
const timeOf = ({ timeUs }: Measurement): number => timeUs.p10;
/** A probe's rate at that end. */
const rateOf = (rate: number, { timeUs }: Measurement): number => (rate * timeUs.median) / timeUs.p10;

function changeOf(
  layer: string,
  [caseA, a]: readonly [CaseResult, Measurement],
  [caseB, b]: readonly [CaseResult, Measurement],
): Change {
  const [fmaA, fmaB] = [caseA.ceilings.fma, caseB.ceilings.fma];
  const [copyA, copyB] = [caseA.ceilings.copy, caseB.ceilings.copy];
  const byTime = timeOf(b) / timeOf(a);
  const byFma = (byTime * rateOf(fmaB.rateGflops, fmaB)) / rateOf(fmaA.rateGflops, fmaA);
  const byCopy = (byTime * rateOf(copyB.rateGbps, copyB)) / rateOf(copyA.rateGbps, copyA);
  const byReference = (byTime * caseA.referenceUs.p10) / caseB.referenceUs.p10;
  const yardsticks = [byFma, byCopy, byReference];
  return {
    rung: a.rung,
    layer,
    timesUs: [timeOf(a), timeOf(b)],
    byTime,
    byFma,
    byCopy,
    byReference,
    slowdown: Math.min(...yardsticks),
    speedup: 1 / Math.max(...yardsticks),
  };
}

/** Rungs that A has of a ladder and B has not, on any case. */
function missing(a: LadderResult, b: LadderResult): string[] {
  const rungsOf = ({ cases }: LadderResult): Set<string> =>
    new Set(cases.flatMap(({ rungs }) => rungs.map(({ rung }) => rung)));
  const left = rungsOf(b);
  return [...rungsOf(a)]
    .filter((rung) => !left.has(rung))
    .map((rung) => `${rung}, which was timed before, is not there`);
}

/** Compares what both runs have: the same rungs on cases of the same name and shape. */
export function compareLadders(a: Ladders, b: Ladders): Comparison {
  const changes: Change[] = [];
  const lost: string[] = [];
  for (const [title, ladderB] of Object.entries(b)) {
    if (a[title]) lost.push(...missing(a[title], ladderB));
    for (const caseB of ladderB.cases) {
      const caseA = a[title]?.cases.find(
        ({ name, shape }) => name === caseB.name && JSON.stringify(shape) === JSON.stringify(caseB.shape),
      );
      for (const rungB of caseB.rungs) {
        const rungA = caseA?.rungs.find(({ rung }) => rung === rungB.rung);
        if (!caseA || rungA?.outcome !== "timed") continue;
        if (rungB.outcome === "timed") changes.push(changeOf(caseB.name, [caseA, rungA], [caseB, rungB]));
        else lost.push(`${rungB.rung} on ${caseB.name}, which was timed before, is ${rungB.outcome}: ${rungB.reason}`);
      }
    }
  }
  return { changes, lost };
}

/** The changes as a Markdown table. */
export function renderChanges(changes: readonly Change[]): string {
  const header = ["rung", "layer", "A us", "B us", "B / A", "by FMA probe", "by copy probe", "by CPU reference"];
  const rows = changes.map(({ rung, layer, timesUs, byTime, byFma, byCopy, byReference }) => [
    rung,
    layer,
    ...[...timesUs, byTime, byFma, byCopy, byReference].map(threeDigits),
  ]);
  return renderTable(header, rows, 2);
}
