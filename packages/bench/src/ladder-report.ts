import type { Spread } from "@fledge/kernel-lab";
import type { CaseResult, LadderResult, Refusal, TimedRung } from "./ladder-result.ts";
import { percentOf, renderTable, threeDigits } from "./table.ts";

/** A ladder whose densest case has fewer operations per byte of least traffic is rated by its bytes. */
const computeBoundFrom = 10;

const densityOf = ({ flops, leastBytes }: CaseResult): number => flops / leastBytes;

/** `1230 ±4 %`: the median, and half the distance from the 10th to the 90th percentile. */
const spread = ({ median, p10, p90 }: Spread): string =>
  `${threeDigits(median)} ±${Math.round((50 * (p90 - p10)) / median)} %`;

const inWords = (shape: unknown): string =>
  Object.entries(shape as object)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");

/** The cases: how much there is to do, and what the machine and the reference do. */
function renderCases(cases: readonly CaseResult[]): string {
  const header = ["layer", "shape", "MFLOP", "MB", "FLOP/B", "FMA probe GFLOPS", "copy probe GB/s", "CPU reference us"];
  const rows = cases.map((one) => [
    one.name,
    inWords(one.shape),
    threeDigits(one.flops / 1e6),
    threeDigits(one.leastBytes / 1e6),
    threeDigits(densityOf(one)),
    threeDigits(one.ceilings.fma.rateGflops),
    threeDigits(one.ceilings.copy.rateGbps),
    spread(one.referenceUs),
  ]);
  return renderTable(header, rows, 2);
}

/** One rung on one case: time, rate, share of the ceiling. */
function renderCell(
  rung: TimedRung | Refusal,
  { selected, ceilings: { fma, copy } }: CaseResult,
  byArithmetic: boolean,
): string {
  if (rung.outcome !== "timed") return rung.outcome;
  const time = spread(rung.timeUs);
  const rate = byArithmetic ? rung.rateGflops : rung.rateGbps;
  if (rate === 0) return time; // The dispatch floor does nothing.
  const share = percentOf(rate, byArithmetic ? fma.rateGflops : copy.rateGbps);
  const cell = `${time}, ${threeDigits(rate)}, ${share}`;
  return rung.rung === selected ? `**${cell}**` : cell;
}

/** The largest of a rung's errors; `-` where it was never timed. */
function renderError(runs: readonly (TimedRung | Refusal)[]): string {
  const errors = runs.flatMap((run) => (run.outcome === "timed" ? [run.worstError] : []));
  return errors.length === 0 ? "-" : threeDigits(Math.max(...errors));
}

/** The rungs in ladder order, a column for each case. */
function renderRungs(cases: readonly CaseResult[], byArithmetic: boolean): string {
  const [rate, ceiling] = byArithmetic ? ["GFLOPS", "FMA"] : ["GB/s", "copy"];
  const rungs = cases[0]!.rungs.map((_, index) => cases.map((one) => one.rungs[index]!));
  const stated = rungs.map(
    (runs) => runs.flatMap((run) => (run.outcome === "timed" ? [run.flopPerByte] : []))[0] ?? null,
  );
  const states = stated.some((figure) => figure !== null);
  const header = [
    "rung",
    "idea",
    ...(states ? ["FLOP/B"] : []),
    ...cases.map(({ name }) => `${name}: us, ${rate}, of ${ceiling}`),
    "error",
  ];
  const rows = rungs.map((runs, index) => [
    runs[0]!.rung,
    runs[0]!.idea,
    ...(states ? [stated[index] === null ? "" : threeDigits(stated[index]!)] : []),
    ...runs.map((run, column) => renderCell(run, cases[column]!, byArithmetic)),
    renderError(runs),
  ]);
  return renderTable(header, rows, 2);
}

/** A ladder as Markdown: where and when it was timed, the cases, the rungs in ladder order, and why rungs are missing. */
export function renderLadder({ adapter, environment, mode, date, cases }: LadderResult): string {
  const byArithmetic = Math.max(...cases.map(densityOf)) >= computeBoundFrom;
  const where = `${adapter.name}${adapter.software ? ` (software, ${environment.cores} cores of ${environment.cpu})` : ""}`;
  const refusals = cases.flatMap(({ name, rungs }) =>
    rungs.flatMap((rung) =>
      rung.outcome === "timed" ? [] : [`- ${rung.rung} ${rung.outcome} on ${name}: ${rung.reason}`],
    ),
  );
  return [
    `${where}, ${adapter.driver}; Node ${environment.node}; ${mode} mode; ${date}`,
    renderCases(cases),
    renderRungs(cases, byArithmetic),
    "us: the median of one run ± half its 10-90 % range. **Bold**: the rung that is chosen. error: the worst, 1 being the bound.",
    ...(refusals.length > 0 ? [refusals.join("\n")] : []),
  ].join("\n\n");
}
