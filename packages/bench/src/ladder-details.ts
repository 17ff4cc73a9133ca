import { densityOf, letterOf, ratingOf, rowsOf, type RungRow } from "./ladder-rates.ts";
import type { LadderResult } from "./ladder-result.ts";
import type { Spread } from "@fledge/kernel-lab";
import { renderTable, threeDigits } from "./table.ts";

/** `1230 ±4`: the median, and half the distance from the 10th to the 90th percentile in percent of it. */
const spread = ({ median, p10, p90 }: Spread): string =>
  `${threeDigits(median)} ±${Math.round((50 * (p90 - p10)) / median)}`;

const inWords = (shape: unknown): string =>
  Object.entries(shape as object)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");

/** How much there is to do, and what the machine and the reference do. */
const renderCases = ({ cases }: LadderResult): string =>
  renderTable(
    ["layer", "MFLOP", "MB", "FLOP/B", "FMA GFLOPS", "copy GB/s", "reference us"],
    cases.map((one, column) => [
      letterOf(column),
      threeDigits(one.flops / 1e6),
      threeDigits(one.leastBytes / 1e6),
      threeDigits(densityOf(one)),
      threeDigits(one.ceilings.fma.rateGflops),
      threeDigits(one.ceilings.copy.rateGbps),
      spread(one.referenceUs),
    ]),
  );

const headsOf = ({ cases }: LadderResult): string[] => cases.map((_, column) => letterOf(column));

const renderTimes = (result: LadderResult): string =>
  renderTable(
    ["us", ...headsOf(result)],
    rowsOf(result).map(({ rung, runs }) => [
      rung,
      ...runs.map((run) => (run.outcome === "timed" ? spread(run.timeUs) : "-")),
    ]),
  );

/** What the rung's header says of its traffic, and the largest of its errors; `-` where there is none. */
function claimsOf({ runs }: RungRow): [flopPerByte: string, error: string] {
  const timed = runs.filter((run) => run.outcome === "timed");
  const flopPerByte = timed[0]?.flopPerByte ?? null;
  return [
    flopPerByte === null ? "-" : threeDigits(flopPerByte),
    timed.length === 0 ? "-" : threeDigits(Math.max(...timed.map(({ worstError }) => worstError))),
  ];
}

function renderShares(result: LadderResult): string {
  const { probe, rateOf, ceilingOf } = ratingOf(result);
  return renderTable(
    [`% of ${probe}`, ...headsOf(result), "FLOP/B", "error"],
    rowsOf(result)
      .filter(({ isFloor }) => !isFloor)
      .map((row) => [
        row.rung,
        ...row.runs.map((run, column) =>
          run.outcome === "timed" ? threeDigits((100 * rateOf(run)) / ceilingOf(result.cases[column]!)) : "-",
        ),
        ...claimsOf(row),
      ]),
  );
}

/** What stands behind a ladder's rates: times, spreads, shares of the ceiling, shapes, errors. Markdown. */
export function renderDetails(result: LadderResult): string {
  const { adapter, environment, mode, date, cases } = result;
  return [
    `${adapter.name}, ${adapter.driver};\n${environment.browser ?? `Node ${environment.node}`}; ${mode} mode; ${date}.`,
    cases.map(({ shape }, column) => `- ${letterOf(column)}: ${inWords(shape)}`).join("\n"),
    renderCases(result),
    "Times are medians in us, ± half of the 10-90 % range in percent.",
    renderTimes(result),
    "FLOP/B: what the rung's header claims. error: the worst, 1 being the bound.",
    renderShares(result),
  ].join("\n\n");
}
