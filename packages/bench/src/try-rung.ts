import {
  planKernel,
  planNoop,
  whyUnsupported,
  type Gpu,
  type Kernel,
  type KernelPlan,
  type Rung,
} from "@fledge/runtime";
import { loadPlan, type Inputs, type LoadedPlan, type TensorData } from "./kernel-buffers.ts";
import type { Refusal } from "./ladder-result.ts";
import { compareOutputs, firstTouched, type Agreement, type Expected, type Tolerances } from "./verify.ts";

/** One shape with what the kernel reads and must give. */
export interface Task<Shape> {
  readonly shape: Shape;
  readonly inputs: Inputs;
  readonly expected: Expected;
  readonly tolerances: Tolerances;
}

export type Trial<Shape> =
  | { readonly outcome: "sound"; readonly rung: Rung<Shape>; readonly loaded: LoadedPlan; readonly worstError: number }
  | Refusal;

/** Runs one rung, or the dispatch floor, once and checks what it writes; the caller frees a sound one. */
export async function tryRung<Shape>(
  gpu: Gpu,
  kernel: Kernel<Shape>,
  rung: Rung<Shape>,
  task: Task<Shape>,
): Promise<Trial<Shape>> {
  const refusal = (outcome: Refusal["outcome"], reason: string): Refusal => ({
    outcome,
    rung: rung.id,
    reason,
  });
  const { shape, inputs } = task;
  const reason = whyUnsupported(rung, shape, gpu.traits);
  if (reason !== null) return refusal("unsupported", reason);
  const isFloor = rung === kernel.noop;
  const plan = isFloor
    ? planNoop(kernel, shape, gpu.traits)!
    : planKernel(kernel, shape, { device: gpu.traits, rung: rung.id });
  const loaded = await loadPlan(gpu, plan, inputs);
  gpu.submit(loaded.dispatches);
  const outputs = await loaded.readOutputs();
  const { mismatch, worstError } = isFloor
    ? untouched(outputs, plan, inputs)
    : compareOutputs(outputs, task.expected, task.tolerances, rung.errorFactor?.(shape) ?? 1);
  if (mismatch === null) return { outcome: "sound", rung, loaded, worstError };
  loaded.free();
  return refusal("failed", mismatch);
}

const untouched = (outputs: Readonly<Record<string, TensorData>>, plan: KernelPlan, inputs: Inputs): Agreement => ({
  mismatch: firstTouched(outputs, plan, inputs),
  worstError: 0,
});
