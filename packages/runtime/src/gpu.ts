import { door } from "#door";
import type { AdapterDescription } from "./adapter/describe.ts";
import { findAdapter, type AdapterOptions } from "./adapter/find.ts";
import { BufferStore, type BufferSlice } from "./buffers.ts";
import { checkSlices } from "./check-slices.ts";
import { requestDevice, traitsOf } from "./device.ts";
import { DeviceClock } from "./device-clock.ts";
import type { DeviceTraits } from "./device-traits.ts";
import type { Waiting } from "./door/door.ts";
import { Faults } from "./faults.ts";
import type { Dispatch, KernelPlan } from "./kernel.ts";
import { PipelineCache } from "./pipelines.ts";
import { encodeDispatch, type PreparedDispatch } from "./prepared-dispatch.ts";
import { Readback } from "./readback.ts";
import { allocationBytes, type TensorSpec } from "./tensor-spec.ts";
import { UniformPool } from "./uniforms.ts";

/**
 * An open device: the only door to WebGPU. Everything above plans without it and hands it plans to run.
 * Call `close()` when done: it waits for what is under way, where a process that just ends drops it.
 */
export class Gpu {
  readonly adapter: AdapterDescription;
  readonly traits: DeviceTraits;
  readonly readback: Readback;
  readonly #device: GPUDevice;
  readonly #clock: DeviceClock;
  readonly #faults: Faults;
  readonly #wait: Waiting;
  readonly #pipelines: PipelineCache;
  readonly #uniforms: UniformPool;
  readonly #buffers: BufferStore;
  #closing: Promise<void> | undefined;

  /** @throws AdapterNotFoundError */
  static async open(options: AdapterOptions = {}): Promise<Gpu> {
    const found = await findAdapter(options);
    return new Gpu(await requestDevice(found), found.description);
  }

  private constructor(device: GPUDevice, adapter: AdapterDescription) {
    this.#device = device;
    this.adapter = adapter;
    this.traits = traitsOf(device, adapter);
    this.#faults = new Faults(device);
    this.#wait = door.waiting(adapter.software);
    this.#pipelines = new PipelineCache(device);
    this.#uniforms = new UniformPool(device);
    this.#buffers = new BufferStore(device, this.#faults);
    this.readback = new Readback(device, (promise) => this.settle(promise));
    this.#clock = new DeviceClock(device, this.readback);
  }

  /** Bytes of storage buffers now allocated through `allocate`. */
  get allocatedBytes(): number {
    return this.#buffers.allocatedBytes;
  }

  /** Number of compute pipelines built so far. */
  get pipelineCount(): number {
    return this.#pipelines.size;
  }

  /**
   * Throws what the device reported since the last call: a fault must not pass unseen.
   * @throws DeviceLostError, GpuOutOfMemoryError, GpuValidationError or GpuInternalError
   */
  throwIfFailed(): void {
    this.#faults.throwIfFailed();
  }

  /**
   * Waits for a promise of the device without taking the cores that a software adapter computes on.
   * @throws the loss or the fault that made the promise reject, with the rejection as its cause
   */
  async settle<T>(promise: Promise<T>): Promise<T> {
    try {
      return await this.#wait.track(promise);
    } catch (error) {
      throw await this.#faults.behind(error);
    }
  }

  /** A zero-filled storage buffer. @throws DeviceLostError; GpuOutOfMemoryError, also at a later `throwIfFailed` */
  allocate(spec: TensorSpec, label: string): BufferSlice {
    return this.allocateBytes(allocationBytes(spec), label);
  }

  /** @param size a multiple of 4 bytes */
  allocateBytes(size: number, label: string): BufferSlice {
    return this.#buffers.allocate(size, label);
  }

  /** Frees the whole buffer that a slice from `allocate` lies in; does nothing where that is done already. */
  free(slice: BufferSlice): void {
    this.#buffers.free(slice);
  }

  /**
   * Copies `data` to the start of a slice, in order with the work submitted. Data that end within a 32-bit word are
   * padded with zeros up to its end. @throws RangeError where that does not fit the slice
   */
  write(slice: BufferSlice, data: ArrayBufferView<ArrayBuffer>): void {
    this.#buffers.write(slice, data);
  }

  /**
   * Copies slices to others of the same sizes, which lie in other buffers, in order with the work submitted: offsets and
   * sizes are multiples of 4 bytes.
   */
  copy(pairs: readonly { readonly from: BufferSlice; readonly to: BufferSlice }[]): void {
    if (pairs.length === 0) return;
    this.throwIfFailed();
    const encoder = this.#device.createCommandEncoder();
    for (const { from, to } of pairs)
      encoder.copyBufferToBuffer(from.buffer, from.offset, to.buffer, to.offset, from.sizeBytes);
    this.#device.queue.submit([encoder.finish()]);
  }

  /** Copies a slice back, after all work submitted so far. */
  async read(slice: BufferSlice): Promise<ArrayBuffer> {
    const [contents] = await this.readback.read([slice]);
    this.throwIfFailed();
    return contents!;
  }

  /** Compiles the pipelines of `plan`, which `prepare` then finds. @throws ShaderCompilationError */
  async compile({ dispatches }: KernelPlan): Promise<void> {
    await Promise.all(dispatches.map((dispatch) => this.settle(this.#pipelines.pipeline(dispatch))));
  }

  /**
   * Builds the pipelines and bind groups of `plan` over `slices`, by tensor and scratch name.
   * @throws ShaderCompilationError; TensorTooLargeError where a slice is above the adapter's binding limit
   */
  async prepare(plan: KernelPlan, slices: Readonly<Record<string, BufferSlice>>): Promise<PreparedDispatch[]> {
    this.throwIfFailed();
    checkSlices(plan, slices, this.#device.limits);
    const prepared = plan.dispatches.map(async (dispatch) => {
      const pipeline = await this.settle(this.#pipelines.pipeline(dispatch));
      return { dispatch, pipeline, bindGroup: this.#bind(dispatch, slices) };
    });
    const dispatches = await Promise.all(prepared);
    this.throwIfFailed();
    return dispatches;
  }

  /** Encodes the dispatches in order into one command buffer and submits it; returns without waiting. */
  submit(dispatches: readonly PreparedDispatch[], encodeAfter?: (encoder: GPUCommandEncoder) => void): void {
    this.throwIfFailed();
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const dispatch of dispatches) encodeDispatch(pass, dispatch);
    pass.end();
    encodeAfter?.(encoder);
    this.#device.queue.submit([encoder.finish()]);
  }

  /**
   * Runs the dispatches once, in order, each in a pass of its own, and returns the time of each in microseconds by
   * the device's clock. They have their effect as under `submit`.
   * @throws MissingFeatureError where the adapter has no timestamp-query
   */
  async profile(dispatches: readonly PreparedDispatch[]): Promise<Float64Array> {
    this.throwIfFailed();
    const timesUs = await this.#clock.timesUs(dispatches.map((dispatch) => [dispatch]));
    this.throwIfFailed();
    return timesUs;
  }

  /**
   * Microseconds that `repeats` runs of the dispatches take in one pass: by the device's clock where the adapter has
   * timestamps, else by the wall's, from submitting until the device is idle. They have their effect as under `submit`.
   */
  async timeUs(dispatches: readonly PreparedDispatch[], repeats = 1): Promise<number> {
    this.throwIfFailed();
    const batch = Array.from({ length: repeats }, () => dispatches).flat();
    const timeUs = this.traits.features.has("timestamp-query")
      ? (await this.#clock.timesUs([batch]))[0]!
      : await this.#wallTimeUs(batch);
    this.throwIfFailed();
    return timeUs;
  }

  async #wallTimeUs(dispatches: readonly PreparedDispatch[]): Promise<number> {
    await this.idle(); // What was submitted before is not theirs.
    const startMs = performance.now();
    this.submit(dispatches);
    await this.idle();
    return (performance.now() - startMs) * 1000;
  }

  /** Resolves when everything submitted so far has run; throws what the device reported meanwhile. */
  async idle(): Promise<void> {
    await this.settle(this.#device.queue.onSubmittedWorkDone());
    this.throwIfFailed();
  }

  /** Waits for pending work and reads, frees everything and destroys the device. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    await this.readback.settled();
    const done = this.#device.queue.onSubmittedWorkDone();
    await this.#wait.track(done).catch(() => undefined); // Rejects where the device is lost.
    this.readback.destroy();
    this.#uniforms.destroy();
    this.#buffers.destroy();
    this.#device.destroy();
    await this.#device.lost;
  }

  #bind(dispatch: Dispatch, slices: Readonly<Record<string, BufferSlice>>): GPUBindGroup {
    const entries = dispatch.bindings.map(({ name, binding, access }): GPUBindGroupEntry => {
      if (access === "uniform") return { binding, resource: this.#uniforms.slice(dispatch.params) };
      const { buffer, offset, sizeBytes } = slices[name]!;
      return { binding, resource: { buffer, offset, size: sizeBytes } };
    });
    return this.#device.createBindGroup({
      label: dispatch.rung,
      layout: this.#pipelines.layout(dispatch.bindings),
      entries,
    });
  }
}
