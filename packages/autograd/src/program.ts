import {
  elementCount,
  sizeBytes,
  type BufferSlice,
  type Gpu,
  type PreparedDispatch,
  type TensorSpec,
} from "@fledge/runtime";
import { DeviceRows } from "./device-rows.ts";
import { explainPlan } from "./explain.ts";
import type { ExplainedPlan } from "./explained-plan.ts";
import type { OwnedMemory } from "./owned-memory.ts";
import type { PlacedKernel, ProgramPlan } from "./plan.ts";
import type { Tensor } from "./tensor.ts";

export type HostArray =
  Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** What an input takes: a number for a scalar, else a typed array of the tensor's elements, or its bytes on the device. */
export type InputValue = number | Float32Array | Int32Array | Uint32Array | Uint8Array | DeviceRows;

/** What a result gives: a typed array of the tensor's elements, one for a scalar. */
export type ResultValue = HostArray;

/** The array that holds a tensor on the host. f16 stays within a program: its inputs and results are cast. */
const arrays = { f32: Float32Array, i32: Int32Array, u32: Uint32Array, u8: Uint8Array } as const;

function arrayFor(name: string, { dtype }: TensorSpec): (typeof arrays)[keyof typeof arrays] {
  if (dtype === "f16")
    throw new Error(`"${name}" is f16, which no host array holds: give a program f32 and cast it there`);
  return arrays[dtype];
}

function toArray(name: string, spec: TensorSpec, value: Exclude<InputValue, DeviceRows> | undefined): HostArray {
  if (value === undefined) throw new Error(`program input "${name}" is missing`);
  const HostType = arrayFor(name, spec);
  const array = typeof value === "number" ? new HostType([value]) : value;
  if (!(array instanceof HostType))
    throw new Error(`program input "${name}" wants ${spec.dtype}, got ${array.constructor.name}`);
  if (array.length !== elementCount(spec)) {
    throw new Error(
      `program input "${name}" wants ${spec.dtype}[${spec.shape.join(",")}], got ${array.length} elements`,
    );
  }
  // Shared memory would be as good to WebGPU; only the types tell them apart.
  return array as HostArray;
}

/** Where each row of a tensor comes from and goes to. @throws where rows are missing, too many or of another size */
function rowCopies(name: string, spec: TensorSpec, { rows }: DeviceRows, slice: BufferSlice) {
  const rowBytes = sizeBytes(spec) / (spec.shape[0] ?? 1);
  const fits = rows.length === spec.shape[0] && rowBytes % 4 === 0 && rows.every((row) => row.sizeBytes === rowBytes);
  if (!fits) {
    const sizes = [...new Set(rows.map((row) => row.sizeBytes))].join(" and ");
    throw new Error(
      `program input "${name}" wants ${spec.dtype}[${spec.shape.join(",")}], got ${rows.length} rows of ${sizes} bytes on the device; a row is a whole number of words`,
    );
  }
  return rows.map((from, row) => ({
    from,
    to: { buffer: slice.buffer, offset: slice.offset + row * rowBytes, sizeBytes: rowBytes },
  }));
}

/** A compiled program. Variables outlive it; `release` frees its own memory. */
export interface Program<Inputs extends string, Results extends string> {
  /** Kernels in order with their memory; of a batch in parts those of one part, the largest. */
  readonly kernels: readonly PlacedKernel[];
  /**
   * Submits one run at once and resolves to the results when the device has finished it. A caller that does not
   * await can submit further runs meanwhile; keep a few in flight at most, each holds a read-back buffer.
   */
  run(inputs: Readonly<Record<Inputs, InputValue>>): Promise<Record<Results, ResultValue>>;
  /** The plan of `kernels` as plain data: each with its rung, shape, cost and memory, and its time where a profile is given. */
  explain(timesUs?: readonly number[]): ExplainedPlan;
  /** Runs `kernels` once with a timestamp around every dispatch: microseconds by kernel. Needs the feature timestamp-query. */
  profile(inputs: Readonly<Record<Inputs, InputValue>>): Promise<number[]>;
  /** Frees the program's own buffers; variables stay, and runs under way end well. */
  release(): void;
}

/**
 * A program of one command buffer: buffers, pipelines and bind groups are made; a run writes the small inputs, submits one
 * command buffer and reads the results back when they are there. Nothing is allocated after the first run.
 */
export class WholeProgram<Inputs extends string, Results extends string> implements Program<Inputs, Results> {
  readonly #gpu: Gpu;
  readonly #memory: OwnedMemory;
  readonly #plan: ProgramPlan;
  readonly #dispatches: readonly PreparedDispatch[];
  readonly #inputs: Readonly<Record<Inputs, Tensor>>;
  readonly #results: Readonly<Record<Results, Tensor>>;
  readonly #resultSlices: readonly BufferSlice[];

  constructor(
    gpu: Gpu,
    memory: OwnedMemory,
    plan: ProgramPlan,
    dispatches: readonly PreparedDispatch[],
    inputs: Readonly<Record<Inputs, Tensor>>,
    results: Readonly<Record<Results, Tensor>>,
  ) {
    this.#gpu = gpu;
    this.#memory = memory;
    this.#plan = plan;
    this.#dispatches = dispatches;
    this.#inputs = inputs;
    this.#results = results;
    this.#resultSlices = Object.values<Tensor>(results).map((tensor) => plan.slice(tensor));
  }

  get kernels(): readonly PlacedKernel[] {
    return this.#plan.kernels;
  }

  async run(inputs: Readonly<Record<Inputs, InputValue>>): Promise<Record<Results, ResultValue>> {
    const gpu = this.#gpu;
    this.#write(inputs);
    let collect: (() => Promise<ArrayBuffer[]>) | undefined;
    gpu.submit(this.#dispatches, (encoder) => {
      collect = gpu.readback.record(encoder, this.#resultSlices);
    });
    const contents = await collect!();
    gpu.throwIfFailed();
    const named = Object.entries<Tensor>(this.#results).map(([name, tensor], index) => {
      return [name, new (arrayFor(name, tensor))(contents[index]!, 0, elementCount(tensor))] as const;
    });
    return Object.fromEntries(named) as Record<Results, ResultValue>;
  }

  explain(timesUs?: readonly number[]): ExplainedPlan {
    return explainPlan(this.#plan, timesUs);
  }

  async profile(inputs: Readonly<Record<Inputs, InputValue>>): Promise<number[]> {
    this.#write(inputs);
    const timesUs = await this.#gpu.profile(this.#dispatches);
    let next = 0;
    return this.#plan.kernels.map(({ plan }) => {
      const own = timesUs.subarray(next, (next += plan.dispatches.length));
      return own.reduce((sum, time) => sum + time, 0);
    });
  }

  #write(inputs: Readonly<Record<Inputs, InputValue>>): void {
    if (this.#memory.released) throw new Error("this program was released: compile it again");
    for (const [name, tensor] of Object.entries<Tensor>(this.#inputs)) {
      const value: InputValue | undefined = inputs[name as Inputs];
      const slice = this.#plan.slice(tensor);
      if (value instanceof DeviceRows) this.#gpu.copy(rowCopies(name, tensor, value, slice));
      else this.#gpu.write(slice, toArray(name, tensor, value));
    }
  }

  release(): void {
    this.#memory.release();
  }
}
