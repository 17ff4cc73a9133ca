import { planKernel, type Gpu, type Kernel } from "@fledge/runtime";
import { loadPlan, type Inputs, type LoadedPlan } from "../kernel-buffers.ts";
import { compareOutputs, type Expected } from "../verify.ts";
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

async function loadProbe<Shape>(
  gpu: Gpu,
  kernel: Kernel<Shape>,
  shape: Shape,
  inputs: Inputs,
  expected: Expected,
): Promise<LoadedPlan> {
  const loaded = await loadPlan(gpu, planKernel(kernel, shape, { device: gpu.traits }), inputs);
  gpu.submit(loaded.dispatches);
  const { mismatch } = compareOutputs(await loaded.readOutputs(), expected, {});
  if (mismatch === null) return loaded;
  loaded.free();
  throw new Error(`${kernel.name} computes wrongly on ${gpu.adapter.name}: ${mismatch}`);
}

/**
 * Loads both probes and runs each once.
 * @param trafficBytes what the copy moves, read and written together; less where a binding cannot hold half of it
 * @throws if the adapter computes one of them wrongly
 */
export async function loadProbes(gpu: Gpu, trafficBytes: number): Promise<Probes> {
  const fmaShape = { count: gpu.adapter.software ? 2 ** 14 : 2 ** 20, iterations: 256 };
  const fma = await loadProbe(gpu, fmaProbe, fmaShape, {}, { out: fmaProbeResult(fmaShape) });
  const halfBytes = Math.min(trafficBytes / 2, gpu.traits.maxStorageBufferBindingSize);
  const x = new Float32Array(4 * Math.max(1, Math.ceil(halfBytes / 16))).map((_, index) => index % 1024);
  try {
    const copy = await loadProbe(
      gpu,
      copyProbe,
      { count: x.length, run: fastestRun(gpu.adapter.software) },
      { x },
      { out: new Float64Array(x) },
    );
    return { fma, copy, free: () => [fma, copy].forEach((probe) => probe.free()) };
  } catch (error) {
    fma.free();
    throw error;
  }
}
