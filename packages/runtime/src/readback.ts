import type { BufferSlice } from "./buffers.ts";
import { GpuOutOfMemoryError } from "./errors.ts";

interface Staging {
  readonly buffer: GPUBuffer;
  readonly sizeBytes: number;
}

/** Staging buffers up to this size are kept for the next read; a larger read (a checkpoint) makes and frees its own. */
const keptBytes = 1048576;

/** Copies from storage buffers to the host through reusable staging buffers, one map for any number of slices. */
export class Readback {
  readonly #device: GPUDevice;
  readonly #settle: <T>(promise: Promise<T>) => Promise<T>;
  readonly #free: Staging[] = [];
  readonly #all = new Set<Staging>();
  readonly #pending = new Set<Promise<ArrayBuffer[]>>();

  constructor(device: GPUDevice, settle: <T>(promise: Promise<T>) => Promise<T>) {
    this.#device = device;
    this.#settle = settle;
  }

  /** Staging buffers there are now; flat once a loop is warm. */
  get stagingCount(): number {
    return this.#all.size;
  }

  /** Reads slices after all work submitted so far. */
  async read(slices: readonly BufferSlice[]): Promise<ArrayBuffer[]> {
    const encoder = this.#device.createCommandEncoder();
    const collect = this.record(encoder, slices);
    this.#device.queue.submit([encoder.finish()]);
    return collect();
  }

  /**
   * Records the copies into `encoder` and returns the function to call after submitting it, which resolves to the
   * contents. The step that recorded it does not wait: the caller awaits the contents whenever it likes. A recording
   * that is never collected holds its staging buffer until the device closes.
   */
  record(encoder: GPUCommandEncoder, slices: readonly BufferSlice[]): () => Promise<ArrayBuffer[]> {
    const offsets: number[] = [];
    let total = 0;
    for (const slice of slices) {
      offsets.push(total);
      total += Math.ceil(slice.sizeBytes / 8) * 8;
    }
    const staging = this.#take(Math.max(total, 8));
    slices.forEach((slice, index) => {
      const size = Math.ceil(slice.sizeBytes / 4) * 4;
      encoder.copyBufferToBuffer(slice.buffer, slice.offset, staging.buffer, offsets[index]!, size);
    });
    let contents: Promise<ArrayBuffer[]> | undefined;
    return () => (contents ??= this.#track(this.#collect(staging, slices, offsets)));
  }

  /** Resolves when every read that was collected so far has succeeded or failed. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#pending);
  }

  destroy(): void {
    for (const { buffer } of this.#all) buffer.destroy();
    this.#all.clear();
    this.#free.length = 0;
  }

  async #collect(staging: Staging, slices: readonly BufferSlice[], offsets: readonly number[]): Promise<ArrayBuffer[]> {
    let reusable = false;
    try {
      await this.#settle(staging.buffer.mapAsync(GPUMapMode.READ));
      const mapped = staging.buffer.getMappedRange();
      const contents = slices.map((slice, index) => mapped.slice(offsets[index]!, offsets[index]! + slice.sizeBytes));
      staging.buffer.unmap();
      reusable = staging.sizeBytes <= keptBytes;
      return contents;
    } finally {
      if (reusable) this.#free.push(staging);
      else this.#discard(staging);
    }
  }

  #track(contents: Promise<ArrayBuffer[]>): Promise<ArrayBuffer[]> {
    this.#pending.add(contents);
    const forget = (): void => void this.#pending.delete(contents);
    contents.then(forget, forget);
    return contents;
  }

  #take(neededBytes: number): Staging {
    const sizeBytes = neededBytes > keptBytes ? neededBytes : 2 ** Math.ceil(Math.log2(neededBytes));
    const index = this.#free.findIndex((staging) => staging.sizeBytes === sizeBytes);
    if (index >= 0) return this.#free.splice(index, 1)[0]!;
    const { maxBufferSize } = this.#device.limits;
    if (sizeBytes > maxBufferSize) {
      throw new GpuOutOfMemoryError(
        `a read of ${sizeBytes} bytes is above the largest buffer, ${maxBufferSize}: read fewer tensors at once`,
      );
    }
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const staging = { buffer: this.#device.createBuffer({ label: "read-back", size: sizeBytes, usage }), sizeBytes };
    this.#all.add(staging);
    return staging;
  }

  #discard(staging: Staging): void {
    staging.buffer.destroy();
    this.#all.delete(staging);
  }
}
