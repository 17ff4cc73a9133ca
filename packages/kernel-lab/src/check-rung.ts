import {
  planKernel,
  planNoop,
  whyNoHalves,
  whyUnsupported,
  type Constants,
  type Gpu,
  type Kernel,
  type Rung,
} from "@fledge/runtime";
import { judgeOutputs, judgeUntouched, type Expected, type Place, type Tolerances } from "./judge.ts";
import type { KernelTensors, LoadedPlan, Tensors } from "./run-kernel.ts";

/** One shape with what the kernel reads and must give. */
export interface Task<Shape> {
  readonly shape: Shape;
  readonly inputs: Tensors;
  readonly expected: Expected;
  readonly tolerances: Tolerances;
}

export type Trial =
  | {
      readonly outcome: "sound";
      readonly loaded: LoadedPlan;
      readonly worstError: number;
      readonly worstAt: Place | null;
    }
  | { readonly outcome: "unsupported" | "failed"; readonly reason: string };

/**
 * Runs one rung, or the dispatch floor, once and judges what it writes; a floor must write nothing.
 * @param tensors made with the task's inputs; a sound rung stays loaded on them
 * @param tile constants over the rung's own
 */
export async function checkRung<Shape>(
  gpu: Gpu,
  kernel: Kernel<Shape>,
  rung: Rung<Shape>,
  { shape, inputs, expected, tolerances }: Task<Shape>,
  tensors: KernelTensors,
  tile?: Constants,
): Promise<Trial> {
  const reason = whyNoHalves(kernel, shape, gpu.traits) ?? whyUnsupported(rung, shape, gpu.traits, tile);
  if (reason !== null) return { outcome: "unsupported", reason };
  const isFloor = rung === kernel.noop;
  const plan = isFloor
    ? planNoop(kernel, shape, gpu.traits)!
    : planKernel(kernel, shape, { device: gpu.traits, rung: rung.id, tile });
  const loaded = await tensors.load(plan);
  const outputs = await loaded.run();
  const { mismatch, worstError, worstAt } = isFloor
    ? judgeUntouched(outputs, plan, inputs)
    : judgeOutputs(outputs, expected, tolerances, rung.errorFactor?.(shape) ?? 1);
  return mismatch === null
    ? { outcome: "sound", loaded, worstError, worstAt }
    : { outcome: "failed", reason: mismatch };
}
