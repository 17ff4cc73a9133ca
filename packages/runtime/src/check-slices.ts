import type { BufferSlice } from "./buffers.ts";
import { TensorTooLargeError } from "./errors.ts";
import type { KernelPlan } from "./kernel.ts";
import { describeSpec, sizeBytes, type TensorSpec } from "./tensor-spec.ts";

function mendFor(spec: TensorSpec, limitBytes: number): string {
  const rows = spec.shape[0] ?? 1;
  const fitting = Math.floor(limitBytes / (sizeBytes(spec) / rows));
  return `${fitting} of its ${rows} rows fit; use a smaller batch, smaller images or a narrower network`;
}

/**
 * Holds the buffers that a plan is to run on against the plan and the device's limits, which Dawn would report late
 * and without names.
 * @throws TensorTooLargeError
 */
export function checkSlices(
  plan: KernelPlan,
  slices: Readonly<Record<string, BufferSlice>>,
  limits: GPUSupportedLimits,
): void {
  for (const [name, spec] of Object.entries({ ...plan.scratch, ...plan.tensors })) {
    const slice = slices[name];
    const where = `${plan.rung}: "${name}"`;
    if (!slice) throw new Error(`${where} has no buffer`);
    if (slice.sizeBytes < sizeBytes(spec)) {
      throw new RangeError(
        `${where} is ${describeSpec(spec)}, ${sizeBytes(spec)} bytes, but its buffer has ${slice.sizeBytes}`,
      );
    }
    if (slice.sizeBytes > limits.maxStorageBufferBindingSize) {
      const limit = limits.maxStorageBufferBindingSize;
      throw new TensorTooLargeError(`${where}, ${describeSpec(spec)},`, slice.sizeBytes, limit, mendFor(spec, limit));
    }
    if (slice.offset % limits.minStorageBufferOffsetAlignment !== 0) {
      const { minStorageBufferOffsetAlignment } = limits;
      throw new RangeError(
        `${where} starts at byte ${slice.offset}, which is no multiple of ${minStorageBufferOffsetAlignment}`,
      );
    }
  }
}
