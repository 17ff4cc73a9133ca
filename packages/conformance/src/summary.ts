import { shareOfTolerance, type Comparison } from "./compare.ts";
import type { CaseResult } from "./run-cases.ts";

/** What became of the cases of one op. */
export interface OpSummary {
  /** Empty for cases that could not be read. */
  readonly op: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** The tensor closest to its tolerance, or furthest past it, and its case; absent where nothing was compared. */
  readonly worst?: Comparison & { readonly name: string };
}

function worstOf(results: readonly CaseResult[]): OpSummary["worst"] {
  const compared = results.flatMap(({ name, worst }) => (worst ? [{ ...worst, name }] : []));
  if (compared.length === 0) return undefined;
  return compared.reduce((a, b) => (shareOfTolerance(b) > shareOfTolerance(a) ? b : a));
}

/** The results by op, in the order in which the ops came. */
export function summaryByOp(results: readonly CaseResult[]): OpSummary[] {
  const ops = [...new Set(results.map(({ op }) => op))];
  return ops.map((op) => {
    const own = results.filter((result) => result.op === op);
    const count = (outcome: CaseResult["outcome"]): number => own.filter((one) => one.outcome === outcome).length;
    const worst = worstOf(own);
    const counts = { passed: count("passed"), failed: count("failed"), skipped: count("skipped") };
    return { op, ...counts, ...(worst && { worst }) };
  });
}
