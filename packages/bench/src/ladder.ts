import { Gpu, type Kernel } from "@fledge/runtime";
import { benchBudget, type Budget } from "./budget.ts";
import { ceilings } from "./ceilings.ts";
import { environment } from "./environment.ts";
import type { Inputs } from "./kernel-buffers.ts";
import { renderLadder, type LadderCase, type RungResult } from "./ladder-report.ts";
import { seededRandom, shuffled } from "./random.ts";
import { resultsFile, saveResult } from "./results.ts";
import { timeDispatches } from "./time-dispatches.ts";
import { timeFunction } from "./time-function.ts";
import { tryRung, type Trial } from "./try-rung.ts";
import type { Expected, Tolerances } from "./verify.ts";

export interface LadderBench<Shape> {
  readonly title: string;
  readonly kernel: Kernel<Shape>;
  /** Shapes by the name a reader knows them by: `layer2.0.conv2`. */
  readonly cases: Readonly<Record<string, Shape>>;
  /** Contents of the "in" and "inout" tensors; `uniform` draws from [-1, 1), seeded. */
  readonly inputs: (shape: Shape, uniform: () => number) => Inputs;
  /** The operator in float64 on the CPU. */
  readonly reference: (shape: Shape, inputs: Inputs) => Expected;
  /** Absolute bounds for the outputs; a tensor without one must be equal. */
  readonly tolerance: (shape: Shape, inputs: Inputs, expected: Expected) => Tolerances;
}

async function benchCase<Shape>(gpu: Gpu, bench: LadderBench<Shape>, name: string, budget: Budget): Promise<LadderCase> {
  const { kernel } = bench;
  const shape = bench.cases[name]!;
  kernel.check(shape);
  const random = seededRandom(20230);
  const inputs = bench.inputs(shape, random);
  const expected = bench.reference(shape, inputs);
  const tolerances = bench.tolerance(shape, inputs, expected);
  const trials: Trial[] = [];
  try {
    for (const rung of kernel.rungs) trials.push(await tryRung(gpu, kernel, rung, shape, inputs, expected, tolerances));
    const sound = shuffled(trials.flatMap((trial) => (trial.outcome === "sound" ? [trial.loaded] : [])), random);
    const times = await timeDispatches(gpu, sound.map(({ dispatches }) => dispatches), budget, random);
    const referenceUs = await timeFunction(`${kernel.name} reference`, () => bench.reference(shape, inputs), {
      timeMs: budget.sampleMs,
      minRuns: budget.minReferenceRuns,
      warmup: false, // The expected values came from it just now.
    });
    const rungs = trials.map((trial): RungResult => {
      if (trial.outcome !== "sound") return trial;
      const { rung, flops, leastBytes } = trial.loaded.plan;
      return { outcome: "timed", rung, timeUs: times[sound.indexOf(trial.loaded)]!, flops, leastBytes };
    });
    return { name, shape, referenceUs, rungs };
  } finally {
    for (const trial of trials) if (trial.outcome === "sound") trial.loaded.free();
  }
}

/**
 * Checks every rung of `kernel` against the reference, then times the sound ones on the GPU and the reference on the
 * CPU, and prints one table per case in ladder order; saves the figures where `--json` says.
 * A rung that disagrees with the reference is reported, never timed, and makes the process exit with 1.
 */
export async function benchLadder<Shape>(bench: LadderBench<Shape>): Promise<void> {
  const file = resultsFile();
  const budget = benchBudget();
  const gpu = await Gpu.open();
  try {
    const { name, driver, software } = gpu.adapter;
    const where = environment();
    const limits = await ceilings(gpu);
    const cases: LadderCase[] = [];
    for (const caseName of Object.keys(bench.cases)) cases.push(await benchCase(gpu, bench, caseName, budget));
    const adapter = `${name}${software ? " (software)" : ""}, ${driver}`;
    console.log(renderLadder({ title: bench.title, adapter, node: where.node, mode: budget.mode, ceilings: limits, cases }));
    if (cases.some(({ rungs }) => rungs.some(({ outcome }) => outcome === "failed"))) process.exitCode = 1;
    if (file !== undefined) {
      const record = { adapter: { name, driver, software }, environment: where, mode: budget.mode, ceilings: limits, cases };
      saveResult(file, bench.title, record);
    }
  } finally {
    await gpu.close();
  }
}
