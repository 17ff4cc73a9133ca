import type { Gpu, Kernel, KernelPlan } from "@fledge/runtime";
import type { Budget } from "./budget.ts";
import type { Inputs } from "./kernel-buffers.ts";
import { loadProbes } from "./probes/probes.ts";
import { seededRandom, shuffled } from "./random.ts";
import type { Spread } from "./statistics.ts";
import { timeDispatches } from "./time-dispatches.ts";
import { timeFunction } from "./time-function.ts";
import { tryNoop, tryRung, type Refusal, type Trial } from "./try-rung.ts";
import type { Expected, Tolerances } from "./verify.ts";

export interface Problem<Shape> {
  readonly kernel: Kernel<Shape>;
  /** Contents of the "in" and "inout" tensors; `uniform` draws from [-1, 1), seeded. */
  readonly inputs: (shape: Shape, uniform: () => number) => Inputs;
  /** The operator in float64 on the CPU. */
  readonly reference: (shape: Shape, inputs: Inputs) => Expected;
  /** Absolute bounds for the outputs; a tensor without one must be equal. */
  readonly tolerance: (shape: Shape, inputs: Inputs, expected: Expected) => Tolerances;
}

/** Time of one run of something, and what it does in that time. */
export interface Measurement {
  readonly outcome: "timed";
  readonly rung: string;
  readonly timeUs: Spread;
  readonly rateGflops: number;
  /** Of the least traffic: every input read once, every output written once. */
  readonly rateGbps: number;
}

export interface CaseResult {
  readonly name: string;
  readonly shape: unknown;
  readonly referenceUs: Spread;
  readonly ceilings: { readonly fma: Measurement; readonly copy: Measurement };
  /** In ladder order. */
  readonly rungs: readonly (Measurement | Refusal)[];
}

function measurement({ rung, flops, leastBytes }: KernelPlan, timeUs: Spread): Measurement {
  return { outcome: "timed", rung, timeUs, rateGflops: flops / timeUs.median / 1e3, rateGbps: leastBytes / timeUs.median / 1e3 };
}

/**
 * Checks every rung on one shape, then times the sound ones together with the machine's ceilings, so that whatever
 * else runs on the machine slows both alike, and last the reference.
 */
export async function benchCase<Shape>(gpu: Gpu, problem: Problem<Shape>, name: string, shape: Shape, budget: Budget): Promise<CaseResult> {
  const { kernel } = problem;
  kernel.check(shape);
  const random = seededRandom(20230);
  const inputs = problem.inputs(shape, random);
  const expected = problem.reference(shape, inputs);
  const tolerances = problem.tolerance(shape, inputs, expected);
  const trials: Trial[] = [];
  const freeing: { readonly free: () => void }[] = [];
  try {
    const noop = await tryNoop(gpu, kernel, shape, inputs);
    if (noop) {
      trials.push(noop);
      if (noop.outcome === "sound") freeing.push(noop.loaded);
    }
    for (const rung of kernel.rungs) {
      const trial = await tryRung(gpu, kernel, rung, shape, inputs, expected, tolerances);
      trials.push(trial);
      if (trial.outcome === "sound") freeing.push(trial.loaded);
    }
    const sound = trials.flatMap((trial) => (trial.outcome === "sound" ? [trial.loaded] : []));
    const probes = await loadProbes(gpu, sound.at(-1)?.plan.leastBytes ?? 0);
    freeing.push(probes);

    const candidates = shuffled([probes.fma, probes.copy, ...sound], random);
    const times = await timeDispatches(gpu, candidates.map(({ dispatches }) => dispatches), budget, random);
    const measured = new Map(candidates.map((loaded, index) => [loaded, measurement(loaded.plan, times[index]!)]));
    const referenceUs = await timeFunction(`${kernel.name} reference`, () => problem.reference(shape, inputs), {
      timeMs: budget.sampleMs,
      minRuns: budget.minReferenceRuns,
      warmup: false, // The expected values came from it just now.
    });
    return {
      name,
      shape,
      referenceUs,
      ceilings: { fma: measured.get(probes.fma)!, copy: measured.get(probes.copy)! },
      rungs: trials.map((trial) => (trial.outcome === "sound" ? measured.get(trial.loaded)! : trial)),
    };
  } finally {
    for (const one of freeing) one.free();
  }
}
