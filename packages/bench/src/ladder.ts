import { Gpu } from "@fledge/runtime";
import { benchBudget } from "./budget.ts";
import { environment } from "./environment.ts";
import { benchCase, type CaseResult, type Problem } from "./ladder-case.ts";
import { renderLadder } from "./ladder-report.ts";
import { resultsFile, saveResult } from "./results.ts";

export interface LadderBench<Shape> extends Problem<Shape> {
  readonly title: string;
  /** Shapes by the name a reader knows them by: `layer2.0.conv2`. */
  readonly cases: Readonly<Record<string, Shape>>;
}

/**
 * Checks every rung of `kernel` against the reference, then times the sound ones on the GPU and the reference on the
 * CPU, and prints one table per case in ladder order; saves the figures where `--json` says.
 * A rung that disagrees with the reference is reported, never timed, and makes the process exit with 1.
 */
export async function benchLadder<Shape>({ title, cases, ...problem }: LadderBench<Shape>): Promise<void> {
  const file = resultsFile();
  const budget = benchBudget();
  const gpu = await Gpu.open();
  try {
    const { name, driver, software } = gpu.adapter;
    const where = environment();
    console.log(`\n## ${title}\n\n${name}${software ? " (software)" : ""}, ${driver}; Node ${where.node}, ${budget.mode} mode`);
    const results: CaseResult[] = [];
    for (const [caseName, shape] of Object.entries(cases)) {
      const result = await benchCase(gpu, problem, caseName, shape, budget);
      console.log(renderLadder(result));
      results.push(result);
    }
    if (results.some(({ rungs }) => rungs.some(({ outcome }) => outcome === "failed"))) process.exitCode = 1;
    if (file !== undefined) {
      saveResult(file, title, { adapter: { name, driver, software }, environment: where, mode: budget.mode, cases: results });
    }
  } finally {
    await gpu.close();
  }
}
