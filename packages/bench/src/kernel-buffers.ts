import { elementCount, type BufferSlice, type Gpu, type KernelPlan, type PreparedDispatch } from "@fledge/runtime";

/** Contents of a tensor on the host. */
export type TensorData =
  Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;
export type Inputs = Readonly<Record<string, TensorData>>;

const views = { f32: Float32Array, i32: Int32Array, u32: Uint32Array, u8: Uint8Array } as const;

/** A plan with buffers of its own, ready to be submitted any number of times. */
export interface LoadedPlan {
  readonly plan: KernelPlan;
  readonly dispatches: readonly PreparedDispatch[];
  /** Contents of every "out" and "inout" tensor after all work submitted so far. */
  readonly readOutputs: () => Promise<Record<string, TensorData>>;
  readonly free: () => void;
}

/**
 * Allocates every tensor and scratch buffer of `plan` and uploads `inputs`. All other buffers start with every bit set,
 * NaN as f32, so that an element which the kernel leaves out shows.
 * @throws if an "in" or "inout" tensor is missing from `inputs`, or has another length or type
 */
export async function loadPlan(gpu: Gpu, plan: KernelPlan, inputs: Inputs): Promise<LoadedPlan> {
  const slices: Record<string, BufferSlice> = {};
  const free = (): void => Object.values(slices).forEach((slice) => gpu.free(slice));
  const outputs = Object.entries(plan.tensors).filter(([, { role }]) => role !== "in");
  try {
    for (const [name, spec] of Object.entries({ ...plan.scratch, ...plan.tensors })) {
      slices[name] = gpu.allocate(spec, name);
      gpu.write(slices[name], new Uint8Array(slices[name].sizeBytes).fill(0xff));
    }
    for (const [name, tensor] of Object.entries(plan.tensors)) {
      if (tensor.role === "out") continue;
      const data = inputs[name];
      if (!(data instanceof views[tensor.dtype]) || data.length !== elementCount(tensor)) {
        throw new Error(`inputs.${name} of ${plan.kernel} must be ${elementCount(tensor)} elements of ${tensor.dtype}`);
      }
      gpu.write(slices[name]!, data);
    }
    const dispatches = await gpu.prepare(plan, slices);
    const readOutputs = async (): Promise<Record<string, TensorData>> => {
      const contents = await gpu.readback.read(outputs.map(([name]) => slices[name]!));
      gpu.throwIfFailed();
      return Object.fromEntries(
        outputs.map(([name, spec], i) => [name, new views[spec.dtype](contents[i]!, 0, elementCount(spec))]),
      );
    };
    return { plan, dispatches, readOutputs, free };
  } catch (error) {
    free();
    throw error;
  }
}
