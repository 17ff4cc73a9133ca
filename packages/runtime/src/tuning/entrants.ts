import type { BufferSlice } from "../buffers.ts";
import { ShaderCompilationError } from "../errors.ts";
import type { Gpu } from "../gpu.ts";
import type { KernelPlan } from "../kernel.ts";
import type { PreparedDispatch } from "../prepared-dispatch.ts";
import type { TensorSpec } from "../tensor-spec.ts";
import type { Entrant } from "./race.ts";

/** Numbers in [-1, 1), as branches on their sign meet them in training; repeated to fill a tensor. */
const noise = Float32Array.from({ length: 2 ** 16 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) / 2 ** 31);

/** Floats get noise; integers stay zero, which is a class, a place and a count within every range. */
function allocateFilled(gpu: Gpu, name: string, spec: TensorSpec): BufferSlice {
  const slice = gpu.allocate(spec, `tuning ${name}`);
  if (spec.dtype !== "f32") return slice;
  for (let offset = 0; offset < slice.sizeBytes; offset += noise.byteLength) {
    const bytes = Math.min(noise.byteLength, slice.sizeBytes - offset);
    gpu.write({ ...slice, offset, sizeBytes: bytes }, noise.subarray(0, bytes / 4));
  }
  return slice;
}

function entrantOf(gpu: Gpu, rung: string, dispatches: readonly PreparedDispatch[]): Entrant {
  const run = async (repeats: number): Promise<number> => {
    const batch = Array.from({ length: repeats }, () => dispatches).flat();
    const startMs = performance.now();
    gpu.submit(batch);
    await gpu.idle();
    return (performance.now() - startMs) * 1000;
  };
  return { rung, run };
}

/**
 * Gives plans of one kernel and shape memory to run on, for as long as `body` takes. A challenger that does not compile
 * is left out.
 */
export async function withEntrants<T>(
  gpu: Gpu,
  plans: readonly KernelPlan[],
  body: (entrants: readonly Entrant[]) => Promise<T>,
): Promise<T> {
  const allocated: BufferSlice[] = [];
  const allocate = (specs: Readonly<Record<string, TensorSpec>>): Record<string, BufferSlice> =>
    Object.fromEntries(
      Object.entries(specs).map(([name, spec]) => {
        const slice = allocateFilled(gpu, name, spec);
        allocated.push(slice);
        return [name, slice];
      }),
    );
  try {
    const tensors = allocate(plans[0]!.tensors);
    const entrants: Entrant[] = [];
    for (const plan of plans) {
      try {
        const dispatches = await gpu.prepare(plan, { ...tensors, ...allocate(plan.scratch) });
        entrants.push(entrantOf(gpu, plan.rung, dispatches));
      } catch (error) {
        if (plan === plans[0] || !(error instanceof ShaderCompilationError)) throw error;
      }
    }
    return await body(entrants);
  } finally {
    for (const slice of allocated) gpu.free(slice);
  }
}
