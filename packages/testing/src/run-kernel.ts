import {
  elementCount, planKernel, type BufferSlice, type DataType, type Gpu, type Kernel, type TensorSpec,
} from "@fledge/runtime";

export type TensorData = Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

const views = { f32: Float32Array, i32: Int32Array, u32: Uint32Array, u8: Uint8Array } as const;

/** Interprets bytes as a tensor's elements; padding behind them is cut off. */
export function viewAs(dtype: DataType, bytes: ArrayBuffer, count: number): TensorData {
  return new views[dtype](bytes, 0, count);
}

/** Fills a buffer with what no kernel may leave behind: NaN as f32, -1 as an integer. */
function poison(gpu: Gpu, slice: BufferSlice): void {
  gpu.write(slice, new Uint8Array(slice.sizeBytes).fill(0xff));
}

function upload(gpu: Gpu, name: string, spec: TensorSpec, data: TensorData): BufferSlice {
  if (data.length !== elementCount(spec)) {
    throw new Error(`input "${name}" has ${data.length} elements, its shape [${spec.shape.join(",")}] wants ${elementCount(spec)}`);
  }
  const slice = gpu.allocate(spec, name);
  gpu.write(slice, data);
  return slice;
}

/**
 * Plans and runs one kernel by itself and returns its outputs (roles "out" and "inout") by tensor name.
 * Outputs and scratch buffers hold NaN before the run.
 */
export async function runKernel<Shape>(
  gpu: Gpu,
  kernel: Kernel<Shape>,
  shape: Shape,
  inputs: Readonly<Record<string, TensorData>>,
  options: { readonly rung?: string } = {},
): Promise<Record<string, TensorData>> {
  const plan = planKernel(kernel, shape, { device: gpu.traits, rung: options.rung });
  const slices: Record<string, BufferSlice> = {};
  for (const [name, tensor] of Object.entries(plan.tensors)) {
    const data = inputs[name];
    if (tensor.role !== "out" && !data) throw new Error(`${plan.kernel}: no data for "${name}"`);
    if (tensor.role !== "out") slices[name] = upload(gpu, name, tensor, data!);
    else poison(gpu, (slices[name] = gpu.allocate(tensor, name)));
  }
  for (const [name, spec] of Object.entries(plan.scratch)) poison(gpu, (slices[name] = gpu.allocate(spec, name)));
  try {
    gpu.submit(await gpu.prepare(plan, slices));
    const outputs = Object.entries(plan.tensors).filter(([, { role }]) => role !== "in");
    const contents = await gpu.readback.read(outputs.map(([name]) => slices[name]!));
    gpu.throwIfFailed();
    return Object.fromEntries(outputs.map(([name, spec], i) => [name, viewAs(spec.dtype, contents[i]!, elementCount(spec))]));
  } finally {
    for (const slice of Object.values(slices)) gpu.free(slice);
  }
}
