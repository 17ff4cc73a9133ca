import { rungFile } from "@fledge/runtime";
import { letterOf, ratingOf, rowsOf, type RungRow } from "./ladder-rates.ts";
import type { CaseResult, LadderResult } from "./ladder-result.ts";
import { renderTable, threeDigits } from "./table.ts";

/** `an adapter, its driver (software, 2 cores of AMD EPYC)` */
const placeOf = ({ adapter, environment }: LadderResult): string =>
  `${adapter.name}, ${adapter.driver}${adapter.software ? ` (software, ${environment.cores} cores of ${environment.cpu})` : ""}`;

/** The rungs in ladder order and the ceiling, a column for each case. */
function renderTableOfRates(result: LadderResult): string {
  const { cases } = result;
  const { probe, rateOf, ceilingOf } = ratingOf(result);
  const rows = rowsOf(result).filter(({ isFloor }) => !isFloor);
  const rateIn = ({ runs }: RungRow, column: number): number => {
    const run = runs[column]!;
    return run.outcome === "timed" ? rateOf(run) : 0;
  };
  const best = cases.map((_, column) => Math.max(...rows.map((row) => rateIn(row, column))));
  const cell = (row: RungRow, { selected }: CaseResult, column: number): string => {
    const { outcome } = row.runs[column]!;
    if (outcome !== "timed") return outcome === "failed" ? "failed" : "-";
    const rate = rateIn(row, column);
    const digits = rate === best[column] ? `**${threeDigits(rate)}**` : threeDigits(rate);
    return rungFile(selected) === row.rung ? `${digits}†` : digits;
  };
  return renderTable(
    ["rung", ...cases.map((_, column) => letterOf(column))],
    [
      ...rows.map((row) => [row.rung, ...cases.map((one, column) => cell(row, one, column))]),
      [`${probe} probe`, ...cases.map((one) => threeDigits(ceilingOf(one)))],
    ],
  );
}

/** Why rungs are not timed, said once for all rungs and cases that share the reason. */
function renderRefusals(result: LadderResult): string[] {
  const refusalsOf = ({ runs }: RungRow): string[] => {
    const columns = new Map<string, string[]>();
    runs.forEach((run, column) => {
      if (run.outcome === "timed") return;
      const what = `${run.outcome === "failed" ? "failed, " : ""}${run.reason}`;
      columns.set(what, [...(columns.get(what) ?? []), letterOf(column)]);
    });
    return [...columns].map(
      ([what, letters]) => `on ${letters.length === result.cases.length ? "any layer" : letters.join(", ")}: ${what}`,
    );
  };
  const rungs = new Map<string, string[]>();
  for (const row of rowsOf(result)) {
    for (const refusal of refusalsOf(row)) rungs.set(refusal, [...(rungs.get(refusal) ?? []), row.rung]);
  }
  return [...rungs].map(([refusal, names]) => `- ${names.join(", ")} ${refusal}`);
}

/**
 * A ladder's rates on one adapter as Markdown: a table of at most 100 columns, what its columns stand for, and which
 * rungs are missing and why.
 */
export function renderRates(result: LadderResult): string {
  const { unit, probe } = ratingOf(result);
  const refusals = renderRefusals(result);
  return [
    `${unit} on ${placeOf(result)}, ${result.date}:`,
    renderTableOfRates(result),
    `**Bold**: the fastest. †: the rung that is chosen. ${probe} probe: the adapter's ceiling. The layers:`,
    result.cases.map(({ name }, column) => `- ${letterOf(column)}: ${name}`).join("\n"),
    ...(refusals.length > 0 ? ["Not timed:", refusals.join("\n")] : []),
  ].join("\n\n");
}
