import {
  describeSpec,
  elementCount,
  planKernel,
  type BufferSlice,
  type Gpu,
  type Kernel,
  type KernelPlan,
  type KernelTensor,
  type PreparedDispatch,
  type TensorSpec,
} from "@fledge/runtime";
import { decoded, encoded, views, type TensorData, type Tensors } from "./tensor-data.ts";

export type { TensorData, Tensors } from "./tensor-data.ts";

/** Every bit set: NaN as f32, -1 as i32, which no kernel may leave behind. */
const poison = new Uint8Array(2 ** 22).fill(0xff);

/** Sets every bit of a slice; of a large one by copies on the device. */
export function fillWithPoison(gpu: Gpu, slice: BufferSlice): void {
  const { offset, sizeBytes } = slice;
  if (sizeBytes <= poison.length) return gpu.write(slice, poison.subarray(0, sizeBytes));
  const pattern = gpu.allocateBytes(poison.length, "poison");
  gpu.write(pattern, poison);
  const starts = Array.from({ length: Math.ceil(sizeBytes / poison.length) }, (_, index) => index * poison.length);
  gpu.copy(
    starts.map((start) => {
      const length = Math.min(poison.length, sizeBytes - start);
      return {
        from: { ...pattern, sizeBytes: length },
        to: { ...slice, offset: offset + start, sizeBytes: length },
      };
    }),
  );
  gpu.free(pattern);
}

/** @throws if a tensor that the kernel reads is missing from `inputs`, or has another type or length */
function checkInputs({ kernel, tensors }: Pick<KernelPlan, "kernel" | "tensors">, inputs: Tensors): void {
  for (const [name, tensor] of Object.entries(tensors)) {
    if (tensor.role === "out") continue;
    const data = inputs[name];
    if (data instanceof views[tensor.dtype] && data.length === elementCount(tensor)) continue;
    const given = data ? `${data.length} elements of ${data.constructor.name}` : "nothing";
    throw new Error(`${kernel}: input "${name}" is ${describeSpec(tensor)}, given ${given}`);
  }
}

/** A plan that is ready to run any number of times. */
export interface LoadedPlan {
  readonly plan: KernelPlan;
  /** To be timed: they go on from whatever the tensors hold. */
  readonly dispatches: readonly PreparedDispatch[];
  /**
   * Runs the plan once on the inputs, outputs and scratch poisoned before, so that an element which it leaves out shows;
   * returns its outputs (roles "out" and "inout") by tensor name.
   */
  readonly run: () => Promise<Record<string, TensorData>>;
  /** The same without reading the outputs back, and without waiting. */
  readonly submit: () => void;
  /** What `submit` does before it submits: inputs that were updated are there again, outputs and scratch are poisoned. */
  readonly reset: () => void;
  /** Where its scratch lies, by name. */
  readonly scratch: Readonly<Record<string, BufferSlice>>;
}

/** Memory for the tensors of one kernel and shape, on which the plans of its rungs take turns. */
export class KernelTensors {
  readonly #gpu: Gpu;
  readonly #tensors: Readonly<Record<string, KernelTensor>>;
  readonly #inputs: Tensors;
  /** Where the tensors lie, by name. */
  readonly slices: Readonly<Record<string, BufferSlice>>;
  readonly #scratch: BufferSlice[] = [];

  /**
   * @param plan of any rung, for all have the same tensors
   * @param inputs what the kernel reads; other tensors in it are left out
   * @throws if `inputs` lacks a tensor that the kernel reads, or has it in another type or length
   */
  constructor(gpu: Gpu, plan: Pick<KernelPlan, "kernel" | "tensors">, inputs: Tensors) {
    checkInputs(plan, inputs);
    this.#gpu = gpu;
    this.#tensors = plan.tensors;
    this.#inputs = inputs;
    this.slices = allocateAll(gpu, plan.tensors);
    for (const [name, spec] of Object.entries(plan.tensors)) {
      if (spec.role === "in") gpu.write(this.slices[name]!, encoded(spec, inputs[name]!));
      else fillWithPoison(gpu, this.slices[name]!);
    }
  }

  /** Gives a plan scratch of its own, and prepares it. @throws what allocating and preparing throw */
  async load(plan: KernelPlan): Promise<LoadedPlan> {
    const scratch = allocateAll(this.#gpu, plan.scratch);
    const slices = Object.values(scratch);
    try {
      const dispatches = await this.#gpu.prepare(plan, { ...this.slices, ...scratch });
      this.#scratch.push(...slices);
      const reset = (): void => this.#reset(slices);
      const submit = (): void => {
        reset();
        this.#gpu.submit(dispatches);
      };
      const run = async (): Promise<Record<string, TensorData>> => {
        submit();
        return this.outputs();
      };
      return { plan, dispatches, scratch, run, submit, reset };
    } catch (error) {
      for (const slice of slices) this.#gpu.free(slice);
      throw error;
    }
  }

  /** Frees the tensors, and the scratch of all plans that were loaded. */
  free(): void {
    for (const slice of [...Object.values(this.slices), ...this.#scratch]) this.#gpu.free(slice);
  }

  /** What the outputs hold (roles "out" and "inout"), by tensor name. */
  async outputs(): Promise<Record<string, TensorData>> {
    const outputs: Record<string, TensorData> = {};
    for (const [name, spec] of Object.entries(this.#tensors)) {
      if (spec.role === "in") continue;
      outputs[name] = decoded(spec, await this.#gpu.read(this.slices[name]!));
    }
    return outputs;
  }

  #reset(scratch: readonly BufferSlice[]): void {
    for (const slice of scratch) fillWithPoison(this.#gpu, slice);
    for (const [name, spec] of Object.entries(this.#tensors)) {
      if (spec.role === "out") fillWithPoison(this.#gpu, this.slices[name]!);
      if (spec.role === "inout") this.#gpu.write(this.slices[name]!, encoded(spec, this.#inputs[name]!));
    }
  }
}

/** All or none. @throws what `Gpu.allocate` throws */
function allocateAll(gpu: Gpu, specs: Readonly<Record<string, TensorSpec>>): Record<string, BufferSlice> {
  const slices: Record<string, BufferSlice> = {};
  try {
    for (const [name, spec] of Object.entries(specs)) slices[name] = gpu.allocate(spec, name);
    return slices;
  } catch (error) {
    for (const slice of Object.values(slices)) gpu.free(slice);
    throw error;
  }
}

/**
 * Plans one kernel, runs it once as `LoadedPlan.run` does, and frees everything, also after an error.
 * @throws what planning, loading and running throw
 */
export async function runKernel<Shape>(
  gpu: Gpu,
  kernel: Kernel<Shape>,
  shape: Shape,
  inputs: Tensors,
  options: { readonly rung?: string } = {},
): Promise<Record<string, TensorData>> {
  const plan = planKernel(kernel, shape, { device: gpu.traits, rung: options.rung });
  const tensors = new KernelTensors(gpu, plan, inputs);
  try {
    return await (await tensors.load(plan)).run();
  } finally {
    tensors.free();
  }
}
