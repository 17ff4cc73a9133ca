import { findAdapter, type AdapterDescription, type AdapterOptions } from "./adapter.ts";
import type { DeviceTraits } from "./device-traits.ts";
import { DeviceLostError, GpuOutOfMemoryError, GpuValidationError } from "./errors.ts";
import type { Dispatch, KernelPlan } from "./kernel.ts";
import { PipelineCache } from "./pipelines.ts";
import { Readback } from "./readback.ts";
import { allocationBytes, type TensorSpec } from "./tensor-spec.ts";
import { UniformPool } from "./uniforms.ts";
import { CooperativeWait } from "./wait.ts";

/** A range of a storage buffer. */
export interface BufferSlice {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** A dispatch with everything the encoder needs; made once, encoded every step. */
export interface PreparedDispatch {
  readonly dispatch: Dispatch;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
}

const wantedFeatures: readonly GPUFeatureName[] = ["subgroups", "shader-f16", "timestamp-query"];
const storageUsage = (): number => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

/**
 * An open device: the only door to WebGPU. Everything above plans without it and hands it plans to run.
 * Call `close()` when done; a process that holds an open device does not exit by itself.
 */
export class Gpu {
  readonly adapter: AdapterDescription;
  readonly traits: DeviceTraits;
  readonly device: GPUDevice;
  readonly readback: Readback;
  readonly #wait: CooperativeWait;
  readonly #pipelines: PipelineCache;
  readonly #uniforms: UniformPool;
  readonly #buffers = new Set<GPUBuffer>();
  #lost: DeviceLostError | undefined;
  #fault: Error | undefined;
  #allocatedBytes = 0;

  /** @throws AdapterNotFoundError */
  static async open(options: AdapterOptions = {}): Promise<Gpu> {
    const { adapter, description } = await findAdapter(options);
    const requiredFeatures = wantedFeatures.filter((feature) => adapter.features.has(feature));
    const device = await adapter.requestDevice({ requiredFeatures, requiredLimits: { ...description.limits } });
    return new Gpu(device, description);
  }

  private constructor(device: GPUDevice, adapter: AdapterDescription) {
    this.device = device;
    this.adapter = adapter;
    this.traits = {
      deviceClass: adapter.software ? "software" : "discrete",
      features: new Set(device.features),
      subgroupSize: device.features.has("subgroups") ? adapter.subgroupSize : 1,
      maxStorageBufferBindingSize: device.limits.maxStorageBufferBindingSize,
      maxComputeWorkgroupStorageSize: device.limits.maxComputeWorkgroupStorageSize,
      maxComputeInvocationsPerWorkgroup: device.limits.maxComputeInvocationsPerWorkgroup,
    };
    this.#wait = new CooperativeWait(adapter.software);
    this.#pipelines = new PipelineCache(device);
    this.#uniforms = new UniformPool(device);
    this.readback = new Readback(device, (promise) => this.settle(promise));
    void device.lost.then((info) => {
      this.#lost = new DeviceLostError(`the GPU device was lost (${info.reason}): ${info.message || "no details"}`);
    });
    device.addEventListener("uncapturederror", ({ error }) => {
      const outOfMemory = error instanceof GPUOutOfMemoryError;
      this.#fault ??= outOfMemory ? new GpuOutOfMemoryError(error.message) : new GpuValidationError(error.message);
    });
  }

  /** Bytes of storage buffers now allocated through `allocate`. */
  get allocatedBytes(): number {
    return this.#allocatedBytes;
  }

  /** Number of compute pipelines built so far. */
  get pipelineCount(): number {
    return this.#pipelines.size;
  }

  /** Throws what the device reported since the last call: a fault must not pass unseen. */
  throwIfFailed(): void {
    if (this.#lost) throw this.#lost;
    const fault = this.#fault;
    this.#fault = undefined;
    if (fault) throw fault;
  }

  /** Waits for a promise of the device without taking the cores that a software adapter computes on. */
  async settle<T>(promise: Promise<T>): Promise<T> {
    try {
      return await this.#wait.track(promise);
    } catch (error) {
      this.throwIfFailed();
      throw error;
    }
  }

  /** A zero-filled storage buffer. @throws GpuOutOfMemoryError at the next `throwIfFailed` */
  allocate(spec: TensorSpec, label: string): BufferSlice {
    return this.allocateBytes(allocationBytes(spec), label);
  }

  allocateBytes(size: number, label: string): BufferSlice {
    if (size > this.device.limits.maxBufferSize) {
      const mib = (bytes: number): string => `${(bytes / 1048576).toFixed(0)} MiB`;
      throw new GpuOutOfMemoryError(`${label}: ${mib(size)} is above this adapter's largest buffer, ${mib(this.device.limits.maxBufferSize)}`);
    }
    const buffer = this.device.createBuffer({ label, size, usage: storageUsage() });
    this.#buffers.add(buffer);
    this.#allocatedBytes += size;
    return { buffer, offset: 0, sizeBytes: size };
  }

  /** Frees a buffer made by `allocate`. */
  free(slice: BufferSlice): void {
    if (!this.#buffers.delete(slice.buffer)) return;
    this.#allocatedBytes -= slice.buffer.size;
    slice.buffer.destroy();
  }

  write(slice: BufferSlice, data: ArrayBufferView<ArrayBuffer>): void {
    if (data.byteLength > slice.sizeBytes) throw new RangeError(`${data.byteLength} bytes do not fit a buffer of ${slice.sizeBytes}`);
    if (data.byteLength % 4 === 0) {
      this.device.queue.writeBuffer(slice.buffer, slice.offset, data);
      return;
    }
    const padded = new Uint8Array(Math.ceil(data.byteLength / 4) * 4);
    padded.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.device.queue.writeBuffer(slice.buffer, slice.offset, padded);
  }

  /** Copies a slice back, after all work submitted so far. */
  async read(slice: BufferSlice): Promise<ArrayBuffer> {
    const [contents] = await this.readback.read([slice]);
    this.throwIfFailed();
    return contents!;
  }

  /** Builds the pipelines and bind groups of `plan` over `slices`, by tensor and scratch name. */
  async prepare(plan: KernelPlan, slices: Readonly<Record<string, BufferSlice>>): Promise<PreparedDispatch[]> {
    const prepared = plan.dispatches.map(async (dispatch) => {
      const pipeline = await this.settle(this.#pipelines.pipeline(dispatch));
      return { dispatch, pipeline, bindGroup: this.#bind(dispatch, slices) };
    });
    return Promise.all(prepared);
  }

  /** Encodes the dispatches in order into one command buffer and submits it; returns without waiting. */
  submit(dispatches: readonly PreparedDispatch[], encodeAfter?: (encoder: GPUCommandEncoder) => void): void {
    this.throwIfFailed();
    const encoder = this.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const { pipeline, bindGroup, dispatch } of dispatches) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(...dispatch.workgroups);
    }
    pass.end();
    encodeAfter?.(encoder);
    this.device.queue.submit([encoder.finish()]);
  }

  /** Resolves when everything submitted so far has run; throws what the device reported meanwhile. */
  async idle(): Promise<void> {
    await this.settle(this.device.queue.onSubmittedWorkDone());
    this.throwIfFailed();
  }

  /** Waits for pending work, frees everything and destroys the device. */
  async close(): Promise<void> {
    if (!this.#lost) await this.#wait.track(this.device.queue.onSubmittedWorkDone()).catch(() => undefined);
    this.readback.destroy();
    this.#uniforms.destroy();
    for (const buffer of this.#buffers) buffer.destroy();
    this.#buffers.clear();
    this.#allocatedBytes = 0;
    this.device.destroy();
    await this.device.lost;
  }

  #bind(dispatch: Dispatch, slices: Readonly<Record<string, BufferSlice>>): GPUBindGroup {
    const entries = dispatch.bindings.map(({ name, binding, access }): GPUBindGroupEntry => {
      if (access === "uniform") return { binding, resource: this.#uniforms.slice(dispatch.params) };
      const slice = slices[name];
      if (!slice) throw new Error(`${dispatch.rung}: no buffer was given for "${name}"`);
      return { binding, resource: { buffer: slice.buffer, offset: slice.offset, size: slice.sizeBytes } };
    });
    return this.device.createBindGroup({ label: dispatch.rung, layout: this.#pipelines.layout(dispatch.bindings), entries });
  }
}
