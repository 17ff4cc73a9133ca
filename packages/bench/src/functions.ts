import type { Spread } from "@fledge/kernel-lab";
import { environment } from "./environment.ts";
import { scriptOptions } from "./options.ts";
import { saveResults } from "./results.ts";
import { renderTable, threeDigits } from "./table.ts";
import { timeFunction } from "./time-function.ts";

export interface FunctionBench {
  readonly title: string;
  /** Functions by name; a promise is awaited. */
  readonly tasks: Readonly<Record<string, () => unknown>>;
  /** What one call handles, for a rate column: `{ count: 32, unit: "images" }`. */
  readonly work?: { readonly count: number; readonly unit: string };
}

/**
 * Times CPU functions with tinybench, prints a table in the order of `tasks`, and saves it where `--json` says.
 * @returns microseconds of one call by name
 */
export async function benchFunctions({
  title,
  tasks,
  work = { count: 1, unit: "calls" },
}: FunctionBench): Promise<Readonly<Record<string, Spread>>> {
  const { budget, file } = scriptOptions();
  const where = environment();
  console.log(`\n## ${title}\n\n${where.cpu}, ${where.cores} cores, Node ${where.node}, ${budget.mode} mode\n`);
  const rows: string[][] = [];
  const timesUs: Record<string, Spread> = {};
  const results: Record<string, object> = {};
  for (const [name, run] of Object.entries(tasks)) {
    const timeUs = await timeFunction(name, run, {
      timeMs: budget.functionMs,
      minRuns: budget.minSamples,
      warmup: true,
    });
    const ratePerSecond = (work.count * 1e6) / timeUs.median;
    rows.push([
      name,
      threeDigits(timeUs.median),
      `${threeDigits(timeUs.p10)}-${threeDigits(timeUs.p90)}`,
      threeDigits(ratePerSecond),
    ]);
    timesUs[name] = timeUs;
    results[name] = { timeUs, ratePerSecond, unit: work.unit };
  }
  console.log(renderTable(["task", "time us", "p10-p90", `${work.unit}/s`], rows));
  if (file !== undefined) await saveResults(file, { [title]: { environment: where, mode: budget.mode, results } });
  return timesUs;
}
