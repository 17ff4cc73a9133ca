import {
  checkRung,
  KernelTensors,
  seededRandom,
  shuffled,
  type Spread,
  type Tensors,
  type Tolerances,
  type Trial,
} from "@fledge/kernel-lab";
import { planKernel, type Gpu, type Kernel, type KernelPlan, type Rung } from "@fledge/runtime";
import type { Budget } from "./budgets.ts";
import type { CaseResult, Measurement } from "./ladder-result.ts";
import { loadProbes } from "./probes/probes.ts";
import { timeDispatches } from "./time-dispatches.ts";
import { timeFunction } from "./time-function.ts";

type Expected = Readonly<Record<string, Float64Array>>;

export interface Problem<Shape> {
  readonly kernel: Kernel<Shape>;
  /** Contents of the "in" and "inout" tensors; `uniform` draws from [-1, 1), seeded. */
  readonly inputs: (shape: Shape, uniform: () => number) => Tensors;
  /** The operator in float64 on the CPU. */
  readonly reference: (shape: Shape, inputs: Tensors) => Expected;
  /** Absolute bounds for the outputs; a tensor without one must be equal. */
  readonly tolerance: (shape: Shape, inputs: Tensors, expected: Expected) => Tolerances;
}

function measurement({ rung, flops, leastBytes }: KernelPlan, timeUs: Spread): Measurement {
  return {
    outcome: "timed",
    rung,
    timeUs,
    rateGflops: flops / timeUs.median / 1e3,
    rateGbps: leastBytes / timeUs.median / 1e3,
  };
}

/** The figure in the header's `Traffic ... 16 FLOP/B`, if it gives one. */
function flopPerByteOf(source: string): number | null {
  const stated = /^\/\/.*?([\d.]+) FLOP\/B/m.exec(source);
  return stated ? Number(stated[1]) : null;
}

/**
 * Checks the given rungs on one shape, then times the sound ones together with the machine's ceilings, so that whatever
 * else runs on the machine slows both alike, and last the reference.
 * @param timeMs for the samples on the GPU
 * @throws where no rung of the kernel can run the shape
 */
export async function benchCase<Shape>(
  gpu: Gpu,
  problem: Problem<Shape>,
  rungs: readonly Rung<Shape>[],
  [name, shape]: readonly [string, Shape],
  budget: Budget,
  timeMs: number,
): Promise<CaseResult> {
  const { kernel } = problem;
  const { rung: selected, flops, leastBytes } = planKernel(kernel, shape, { device: gpu.traits });
  const random = seededRandom(20230);
  const inputs = problem.inputs(shape, random);
  const expected = problem.reference(shape, inputs);
  const task = { shape, inputs, expected, tolerances: problem.tolerance(shape, inputs, expected) };
  const tensors = new KernelTensors(gpu, { kernel: kernel.name, tensors: kernel.tensors(shape) }, inputs);
  const freeing: { readonly free: () => void }[] = [tensors];
  try {
    const trials: { readonly rung: Rung<Shape>; readonly trial: Trial }[] = [];
    for (const rung of rungs) trials.push({ rung, trial: await checkRung(gpu, kernel, rung, task, tensors) });
    const sound = trials.flatMap(({ trial }) => (trial.outcome === "sound" ? [trial.loaded] : []));
    const probes = await loadProbes(gpu, leastBytes);
    freeing.push(probes);

    const plans = shuffled([probes.fma, probes.copy, ...sound], random);
    const times = await timeDispatches(gpu, plans, budget, timeMs, random);
    const measured = new Map(plans.map((loaded, index) => [loaded, measurement(loaded.plan, times[index]!)]));
    const referenceUs = await timeFunction(`${kernel.name} reference`, () => problem.reference(shape, inputs), {
      timeMs: budget.functionMs,
      minRuns: budget.minReferenceRuns,
      warmup: false, // The expected values came from it just now.
    });
    return {
      name,
      shape,
      flops,
      leastBytes,
      selected,
      referenceUs,
      ceilings: { fma: measured.get(probes.fma)!, copy: measured.get(probes.copy)! },
      rungs: trials.map(({ rung, trial }) => {
        if (trial.outcome !== "sound") return { ...trial, rung: rung.id };
        const { loaded, worstError } = trial;
        return { ...measured.get(loaded)!, flopPerByte: flopPerByteOf(rung.module.source), worstError };
      }),
    };
  } finally {
    for (const one of freeing) one.free();
  }
}
