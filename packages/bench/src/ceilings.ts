import { planKernel, type Gpu, type Kernel } from "@fledge/runtime";
import { benchBudget } from "./budget.ts";
import { loadPlan, type Inputs } from "./kernel-buffers.ts";
import { copyProbe } from "./probes/copy.ts";
import { fmaProbe, fmaProbeResult } from "./probes/fma.ts";
import { seededRandom } from "./random.ts";
import { timeDispatches } from "./time-dispatches.ts";
import { firstMismatch, type Expected } from "./verify.ts";

/** What this adapter reaches in this process with nothing in the way. */
export interface Ceilings {
  readonly rateGflops: number;
  /** Read and written bytes together. */
  readonly rateGbps: number;
}

/** Larger than any cache, within WebGPU's guaranteed binding size of 128 MiB. */
const copyBytes = 64 * 1048576;

async function probe<Shape>(gpu: Gpu, kernel: Kernel<Shape>, shape: Shape, inputs: Inputs, expected: Expected): Promise<number> {
  const loaded = await loadPlan(gpu, planKernel(kernel, shape, { device: gpu.traits }), inputs);
  try {
    gpu.submit(loaded.dispatches);
    const wrong = firstMismatch(await loaded.readOutputs(), expected, {});
    if (wrong !== null) throw new Error(`${kernel.name} computes wrongly on ${gpu.adapter.name}: ${wrong}`);
    const [timeUs] = await timeDispatches(gpu, [loaded.dispatches], benchBudget(), seededRandom(1));
    return timeUs!.p10; // A ceiling is what the machine reaches when nothing else runs on it.
  } finally {
    loaded.free();
  }
}

/**
 * Measures a chain of multiply-adds in registers and a plain copy kernel.
 * @throws if the adapter computes one of them wrongly
 */
export async function ceilings(gpu: Gpu): Promise<Ceilings> {
  const fma = { count: gpu.adapter.software ? 2 ** 14 : 2 ** 20, iterations: 256 };
  const fmaUs = await probe(gpu, fmaProbe, fma, {}, { out: fmaProbeResult(fma) });
  const copy = { count: copyBytes / 4 };
  const x = Float32Array.from({ length: copy.count }, (_, index) => index % 1024);
  const copyUs = await probe(gpu, copyProbe, copy, { x }, { out: Float64Array.from(x) });
  return { rateGflops: fmaProbe.flops(fma) / fmaUs / 1e3, rateGbps: (2 * copyBytes) / copyUs / 1e3 };
}
