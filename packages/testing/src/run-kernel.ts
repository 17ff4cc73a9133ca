import {
  describeSpec,
  elementCount,
  planKernel,
  type BufferSlice,
  type Gpu,
  type Kernel,
  type KernelPlan,
} from "@fledge/runtime";

export type TensorData =
  Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

const views = { f32: Float32Array, i32: Int32Array, u32: Uint32Array, u8: Uint8Array } as const;

/** Fills a buffer with what no kernel may leave behind: NaN as f32, -1 as an integer. */
function poison(gpu: Gpu, slice: BufferSlice): void {
  gpu.write(slice, new Uint8Array(slice.sizeBytes).fill(0xff));
}

/** The tensors of `inputs` that the kernel reads. @throws if one is missing, or of another type or length */
function contentsOf(
  plan: KernelPlan,
  inputs: Readonly<Record<string, TensorData>>,
): [name: string, data: TensorData][] {
  return Object.entries(plan.tensors)
    .filter(([, { role }]) => role !== "out")
    .map(([name, tensor]) => {
      const data = inputs[name];
      if (data instanceof views[tensor.dtype] && data.length === elementCount(tensor)) return [name, data];
      const given = data ? `${data.length} elements of ${data.constructor.name}` : "nothing";
      throw new Error(`${plan.kernel}: input "${name}" is ${describeSpec(tensor)}, given ${given}`);
    });
}

/**
 * Runs a plan by itself and returns its outputs (roles "out" and "inout") by tensor name.
 * Outputs and scratch buffers hold NaN before the run. All buffers are freed, also after an error.
 * @param inputs what the kernel reads, by tensor name; other tensors in it are left out
 * @throws if `inputs` lacks a tensor that the kernel reads, or has it in another type or length
 */
export async function runPlan(
  gpu: Gpu,
  plan: KernelPlan,
  inputs: Readonly<Record<string, TensorData>>,
): Promise<Record<string, TensorData>> {
  const contents = contentsOf(plan, inputs);
  const slices: Record<string, BufferSlice> = {};
  try {
    for (const [name, spec] of Object.entries({ ...plan.scratch, ...plan.tensors })) {
      slices[name] = gpu.allocate(spec, name);
      poison(gpu, slices[name]);
    }
    for (const [name, data] of contents) gpu.write(slices[name]!, data);
    gpu.submit(await gpu.prepare(plan, slices));
    const outputs = Object.entries(plan.tensors).filter(([, { role }]) => role !== "in");
    const results = await gpu.readback.read(outputs.map(([name]) => slices[name]!));
    gpu.throwIfFailed();
    return Object.fromEntries(
      outputs.map(([name, spec], i) => [name, new views[spec.dtype](results[i]!, 0, elementCount(spec))]),
    );
  } finally {
    for (const slice of Object.values(slices)) gpu.free(slice);
  }
}

/** Plans one kernel and runs it as `runPlan` does. @throws what planning and running throw */
export async function runKernel<Shape>(
  gpu: Gpu,
  kernel: Kernel<Shape>,
  shape: Shape,
  inputs: Readonly<Record<string, TensorData>>,
  options: { readonly rung?: string } = {},
): Promise<Record<string, TensorData>> {
  return runPlan(gpu, planKernel(kernel, shape, { device: gpu.traits, rung: options.rung }), inputs);
}
