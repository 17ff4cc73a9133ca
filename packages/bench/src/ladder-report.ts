import type { Ceilings } from "./ceilings.ts";
import type { Spread } from "./statistics.ts";
import { percentOf, renderTable, threeDigits } from "./table.ts";

export type RungResult =
  | { readonly outcome: "timed"; readonly rung: string; readonly timeUs: Spread; readonly flops: number; readonly leastBytes: number }
  | { readonly outcome: "unsupported" | "failed"; readonly rung: string; readonly reason: string };

export interface LadderCase {
  readonly name: string;
  readonly shape: unknown;
  readonly referenceUs: Spread;
  /** In ladder order. */
  readonly rungs: readonly RungResult[];
}

export interface LadderReport {
  readonly title: string;
  readonly adapter: string;
  readonly mode: string;
  readonly node: string;
  readonly ceilings: Ceilings;
  readonly cases: readonly LadderCase[];
}

const header = ["rung", "time us", "p10-p90", "GFLOPS", "of FMA", "GB/s", "of copy", "x reference"];

const range = ({ p10, p90 }: Spread): string => `${threeDigits(p10)}-${threeDigits(p90)}`;

function rungRow(result: RungResult, referenceUs: number, ceilings: Ceilings): string[] {
  if (result.outcome !== "timed") return [result.rung, result.outcome, ...header.slice(2).map(() => "")];
  const { timeUs, flops, leastBytes } = result;
  const rateGflops = flops / timeUs.median / 1e3;
  const rateGbps = leastBytes / timeUs.median / 1e3;
  return [
    result.rung,
    threeDigits(timeUs.median),
    range(timeUs),
    threeDigits(rateGflops),
    percentOf(rateGflops, ceilings.rateGflops),
    threeDigits(rateGbps),
    percentOf(rateGbps, ceilings.rateGbps),
    threeDigits(referenceUs / timeUs.median),
  ];
}

function renderCase({ name, shape, referenceUs, rungs }: LadderCase, ceilings: Ceilings): string {
  const rows = rungs.map((result) => rungRow(result, referenceUs.median, ceilings));
  rows.push(["float64 reference, CPU", threeDigits(referenceUs.median), range(referenceUs), "", "", "", "", "1"]);
  const notes = rungs.flatMap((result) => (result.outcome === "timed" ? [] : [`${result.rung} ${result.outcome}: ${result.reason}`]));
  return [`### ${name} ${JSON.stringify(shape)}`, renderTable(header, rows), ...notes].join("\n\n");
}

/** The report as Markdown. GB/s counts the least traffic: every input read once, every output written once. */
export function renderLadder({ title, adapter, mode, node, ceilings, cases }: LadderReport): string {
  const ceiling = `${threeDigits(ceilings.rateGflops)} GFLOPS (FMA probe), ${threeDigits(ceilings.rateGbps)} GB/s (copy probe)`;
  const place = `${adapter}; Node ${node}, ${mode} mode. Ceilings here and now: ${ceiling}.`;
  return [`\n## ${title}`, place, ...cases.map((one) => renderCase(one, ceilings))].join("\n\n");
}
