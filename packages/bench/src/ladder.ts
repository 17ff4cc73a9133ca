import { Gpu } from "@fledge/runtime";
import { environment } from "./environment.ts";
import { benchCase, type Problem } from "./ladder-case.ts";
import { renderDetails } from "./ladder-details.ts";
import { renderRates } from "./ladder-report.ts";
import type { CaseResult } from "./ladder-result.ts";
import { scriptOptions, wantsRung, wantsShape } from "./options.ts";
import { saveResults } from "./results.ts";

export interface LadderBench<Shape> extends Problem<Shape> {
  /** The kernel's name: the title of its table and its results. */
  readonly title: string;
  /** Shapes by the name a reader knows them by: `layer2.0.conv2`. */
  readonly cases: Readonly<Record<string, Shape>>;
}

/**
 * Checks every rung of `kernel` against the reference, then times the sound ones on the GPU and the reference on the
 * CPU, and prints the cases and the rungs as tables in ladder order; saves the figures where `--json` says.
 * A rung that disagrees with the reference is reported, never timed, and makes the process exit with 1.
 */
export async function benchLadder<Shape>({ title, cases, ...problem }: LadderBench<Shape>): Promise<void> {
  const options = scriptOptions();
  const { kernel } = problem;
  const ladder = [...(kernel.noop ? [kernel.noop] : []), ...kernel.rungs];
  const rungs = ladder.filter(({ id }) => wantsRung(options, id));
  const shapes = Object.entries(cases).filter(([name]) => wantsShape(options, name));
  if (rungs.length === 0 || shapes.length === 0) {
    const names = rungs.length === 0 ? ladder.map(({ id }) => id) : Object.keys(cases).map((name) => `"${name}"`);
    console.log(`\n${title} is left out: it has only ${names.join(", ")}`);
    return;
  }
  console.log(`\n## ${title}\n`);
  const { budget, file } = options;
  const gpu = await Gpu.open({ adapter: options.adapter });
  try {
    const { name, driver, software } = gpu.adapter;
    const results: CaseResult[] = [];
    for (const shape of shapes)
      results.push(await benchCase(gpu, problem, rungs, shape, budget, budget.ladderMs / shapes.length));
    const date = new Date().toISOString().slice(0, 10);
    const result = {
      adapter: { name, driver, software },
      environment: environment(),
      mode: budget.mode,
      date,
      cases: results,
    };
    console.log(`${renderRates(result)}\n\n${renderDetails(result)}`);
    if (results.some((one) => one.rungs.some(({ outcome }) => outcome === "failed"))) process.exitCode = 1;
    if (file !== undefined) await saveResults(file, { [title]: result });
  } finally {
    await gpu.close();
  }
}
