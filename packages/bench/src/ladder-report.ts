import type { CaseResult } from "./ladder-case.ts";
import type { Spread } from "./statistics.ts";
import { percentOf, renderTable, threeDigits } from "./table.ts";

const header = ["rung", "time us", "p10-p90", "GFLOPS", "of FMA", "GB/s", "of copy", "x reference"];

const times = ({ median, p10, p90 }: Spread): string[] => [threeDigits(median), `${threeDigits(p10)}-${threeDigits(p90)}`];

/** One case as Markdown: the rungs in ladder order, the ceilings, the reference, and why rungs are missing. */
export function renderLadder({ name, shape, referenceUs, ceilings: { fma, copy }, rungs }: CaseResult): string {
  const rows = rungs.map((result): string[] => {
    if (result.outcome !== "timed") return [result.rung, result.outcome, ...header.slice(2).map(() => "")];
    return [
      result.rung,
      ...times(result.timeUs),
      threeDigits(result.rateGflops),
      percentOf(result.rateGflops, fma.rateGflops),
      threeDigits(result.rateGbps),
      percentOf(result.rateGbps, copy.rateGbps),
      threeDigits(referenceUs.median / result.timeUs.median),
    ];
  });
  rows.push(["ceiling: multiply-adds", "", "", threeDigits(fma.rateGflops), "100 %", "", "", ""]);
  rows.push(["ceiling: a copy of as many bytes", ...times(copy.timeUs), "", "", threeDigits(copy.rateGbps), "100 %", ""]);
  rows.push(["float64 reference on the CPU", ...times(referenceUs), "", "", "", "", "1"]);
  const notes = rungs.flatMap((result) => (result.outcome === "timed" ? [] : [`${result.rung} ${result.outcome}: ${result.reason}`]));
  return [`\n### ${name} ${JSON.stringify(shape)}`, renderTable(header, rows), ...notes].join("\n\n");
}
