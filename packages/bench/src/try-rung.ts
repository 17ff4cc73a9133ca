import { planKernel, planNoop, whyUnsupported, type Gpu, type Kernel, type Rung } from "@fledge/runtime";
import { loadPlan, type Inputs, type LoadedPlan } from "./kernel-buffers.ts";
import { firstMismatch, firstTouched, type Expected, type Tolerances } from "./verify.ts";

/** A rung that is not timed, and why. */
export interface Refusal {
  readonly outcome: "unsupported" | "failed";
  readonly rung: string;
  readonly reason: string;
}

export type Trial = { readonly outcome: "sound"; readonly loaded: LoadedPlan } | Refusal;

/** Runs one rung once and compares it with the reference; the caller frees a sound one. */
export async function tryRung<Shape>(
  gpu: Gpu,
  kernel: Kernel<Shape>,
  rung: Rung<Shape>,
  shape: Shape,
  inputs: Inputs,
  expected: Expected,
  tolerances: Tolerances,
): Promise<Trial> {
  const reason = whyUnsupported(rung, shape, gpu.traits);
  if (reason !== null) return { outcome: "unsupported", rung: rung.id, reason };
  const loaded = await loadPlan(gpu, planKernel(kernel, shape, { device: gpu.traits, rung: rung.id }), inputs);
  gpu.submit(loaded.dispatches);
  const mismatch = firstMismatch(await loaded.readOutputs(), expected, tolerances);
  if (mismatch === null) return { outcome: "sound", loaded };
  loaded.free();
  return { outcome: "failed", rung: rung.id, reason: mismatch };
}

/** Runs the dispatch floor once, and demands that it leaves every output as it is; null where the kernel has none. */
export async function tryNoop<Shape>(gpu: Gpu, kernel: Kernel<Shape>, shape: Shape, inputs: Inputs): Promise<Trial | null> {
  if (!kernel.noop) return null;
  const rung = kernel.noop.id;
  const reason = whyUnsupported(kernel.noop, shape, gpu.traits);
  if (reason !== null) return { outcome: "unsupported", rung, reason };
  const plan = planNoop(kernel, shape, gpu.traits)!;
  const loaded = await loadPlan(gpu, plan, inputs);
  gpu.submit(loaded.dispatches);
  const touched = firstTouched(await loaded.readOutputs(), plan, inputs);
  if (touched === null) return { outcome: "sound", loaded };
  loaded.free();
  return { outcome: "failed", rung, reason: touched };
}
