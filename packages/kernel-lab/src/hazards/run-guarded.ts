import { allocationBytes, type BufferSlice, type Gpu, type KernelPlan, type TensorSpec } from "@fledge/runtime";
import { fillWithPoison } from "../run-kernel.ts";
import { bytesOf, decoded, encoded, type TensorData, type Tensors } from "../tensor-data.ts";

/** Behind each tensor: more than a row or a vector too far, a multiple of every alignment. */
const guardBytes = 4096;

export interface GuardedRun {
  /** What the plan wrote, by tensor. */
  readonly outputs: Readonly<Record<string, TensorData>>;
  /** Tensors and scratch buffers whose guard words were written to, in words. */
  readonly trespasses: readonly string[];
}

/** What stands behind the tensors that the kernel writes: NaN, or a number. */
export type Guard = "nan" | "number";

/**
 * The words of it. NaN is another one than the poison behind the tensors that are only read, or else a kernel that
 * copies the one to the other would leave no trace. One that updates in place leaves none in NaN, which stays the same
 * NaN through arithmetic, but does in a number.
 */
const guardWords: Readonly<Record<Guard, number>> = { nan: 0x7ffdbad1, number: 0x3fbadbad };

/** The first guard word that is no longer there, counted from the tensor's end, or null. */
function firstTouched(contents: ArrayBuffer, from: number, guard: Guard): number | null {
  const words = new Uint32Array(contents, from);
  const touched = words.findIndex((word) => word !== guardWords[guard]);
  return touched === -1 ? null : touched;
}

/**
 * Runs a plan once with guard words behind every tensor and scratch buffer, inside of what the shader may reach. Unless
 * `behind` says otherwise they are NaN, so that what reads them computes NaN; they show whether something was written. A write yet further
 * out is moved into the buffer's last word by most devices, and so shows too; others leave it out, and nothing can tell.
 */
export async function runGuarded(
  gpu: Gpu,
  plan: KernelPlan,
  inputs: Tensors,
  behind: Guard = "nan",
): Promise<GuardedRun> {
  const specs: Readonly<Record<string, TensorSpec>> = { ...plan.scratch, ...plan.tensors };
  const slices: Record<string, BufferSlice> = {};
  try {
    for (const [name, spec] of Object.entries(specs)) {
      const slice = gpu.allocateBytes(allocationBytes(spec) + guardBytes, name);
      slices[name] = slice;
      fillWithPoison(gpu, slice);
      const guard = { ...slice, offset: allocationBytes(spec), sizeBytes: guardBytes };
      if (plan.tensors[name]?.role !== "in") gpu.write(guard, new Uint32Array(guardBytes / 4).fill(guardWords[behind]));
      if (plan.tensors[name] && plan.tensors[name].role !== "out") {
        const padded = new Uint8Array(allocationBytes(spec));
        padded.set(bytesOf(encoded(spec, inputs[name]!)));
        gpu.write(slice, padded); // Zeros up to the allocation's end, as under `Gpu.allocate`.
      }
    }
    gpu.submit(await gpu.prepare(plan, slices));
    const outputs: Record<string, TensorData> = {};
    const trespasses: string[] = [];
    for (const [name, spec] of Object.entries(specs)) {
      const isScratch = !(name in plan.tensors);
      if (!isScratch && plan.tensors[name]!.role === "in") continue; // Bound to be read only.
      const contents = await gpu.read(slices[name]!);
      const touched = firstTouched(contents, allocationBytes(spec), behind);
      if (touched !== null)
        trespasses.push(`it writes past the end of ${name}, ${4 * touched} bytes behind the last vector or more`);
      if (!isScratch) outputs[name] = decoded(spec, contents);
    }
    return { outputs, trespasses };
  } finally {
    for (const slice of Object.values(slices)) gpu.free(slice);
  }
}
