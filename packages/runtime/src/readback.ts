import type { BufferSlice } from "./gpu.ts";

interface Staging {
  readonly buffer: GPUBuffer;
  readonly sizeBytes: number;
}

/** Copies from storage buffers to the host through reusable staging buffers, one copy and one map for any number of slices. */
export class Readback {
  readonly #device: GPUDevice;
  readonly #settle: <T>(promise: Promise<T>) => Promise<T>;
  readonly #free: Staging[] = [];
  readonly #all = new Set<Staging>();

  constructor(device: GPUDevice, settle: <T>(promise: Promise<T>) => Promise<T>) {
    this.#device = device;
    this.#settle = settle;
  }

  /** Staging buffers made so far; flat once a loop is warm. */
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
   * contents. The step that recorded it does not wait: the caller awaits the contents whenever it likes.
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
    return async () => {
      await this.#settle(staging.buffer.mapAsync(GPUMapMode.READ));
      const mapped = staging.buffer.getMappedRange();
      const contents = slices.map((slice, index) => mapped.slice(offsets[index]!, offsets[index]! + slice.sizeBytes));
      staging.buffer.unmap();
      this.#free.push(staging);
      return contents;
    };
  }

  destroy(): void {
    for (const { buffer } of this.#all) buffer.destroy();
    this.#all.clear();
    this.#free.length = 0;
  }

  #take(sizeBytes: number): Staging {
    const rounded = 2 ** Math.ceil(Math.log2(sizeBytes));
    const index = this.#free.findIndex((staging) => staging.sizeBytes === rounded);
    if (index >= 0) return this.#free.splice(index, 1)[0]!;
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const staging = { buffer: this.#device.createBuffer({ label: "read-back", size: rounded, usage }), sizeBytes: rounded };
    this.#all.add(staging);
    return staging;
  }
}
