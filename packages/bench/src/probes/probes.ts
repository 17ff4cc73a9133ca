import { checkRung, KernelTensors, type LoadedPlan, type Task } from "@fledge/kernel-lab";
import type { Gpu, Kernel } from "@fledge/runtime";
import { copyProbe, fastestRun } from "./copy.ts";
import { fmaProbe, fmaProbeResult } from "./fma.ts";

/** What an adapter does with nothing in the way, to be timed beside the rungs. */
export interface Probes {
  /** Multiply-adds in registers. */
  readonly fma: LoadedPlan;
  /** The fastest copy kernel that moves as many bytes as the case at hand. */
  readonly copy: LoadedPlan;
  readonly free: () => void;
}

interface LoadedProbe {
  readonly loaded: LoadedPlan;
  readonly free: () => void;
}

async function loadProbe<Shape>(
  gpu: Gpu,
  kernel: Kernel<Shape>,
  task: Omit<Task<Shape>, "tolerances">,
): Promise<LoadedProbe> {
  const tensors = new KernelTensors(gpu, { kernel: kernel.name, tensors: kernel.tensors(task.shape) }, task.inputs);
  try {
    const trial = await checkRung(gpu, kernel, kernel.rungs[0]!, { ...task, tolerances: {} }, tensors);
    if (trial.outcome === "sound") return { loaded: trial.loaded, free: () => tensors.free() };
    throw new Error(`${kernel.name} computes wrongly on ${gpu.adapter.name}: ${trial.reason}`);
  } catch (error) {
    tensors.free();
    throw error;
  }
}

/**
 * Loads both probes and runs each once.
 * @param trafficBytes what the copy moves, read and written together; less where a binding cannot hold half of it
 * @throws if the adapter computes one of them wrongly
 */
export async function loadProbes(gpu: Gpu, trafficBytes: number): Promise<Probes> {
  const { software } = gpu.adapter;
  const fmaShape = { count: software ? 2 ** 14 : 2 ** 20, iterations: 256 };
  const fma = await loadProbe(gpu, fmaProbe, {
    shape: fmaShape,
    inputs: {},
    expected: { out: fmaProbeResult(fmaShape) },
  });
  const halfBytes = Math.min(trafficBytes / 2, gpu.traits.maxStorageBufferBindingSize);
  const x = new Float32Array(4 * Math.max(1, Math.ceil(halfBytes / 16))).map((_, index) => index % 1024);
  const copyShape = { count: x.length, run: fastestRun(software) };
  try {
    const copy = await loadProbe(gpu, copyProbe, { shape: copyShape, inputs: { x }, expected: { out: x } });
    return { fma: fma.loaded, copy: copy.loaded, free: () => [fma, copy].forEach((probe) => probe.free()) };
  } catch (error) {
    fma.free();
    throw error;
  }
}
