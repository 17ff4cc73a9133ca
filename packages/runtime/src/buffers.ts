import { GpuOutOfMemoryError } from "./errors.ts";
import type { Faults } from "./faults.ts";

/** A range of a storage buffer. */
export interface BufferSlice {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly sizeBytes: number;
}

const mib = (bytes: number): string => `${(bytes / 1048576).toFixed(1)} MiB (${bytes} bytes)`;

/** The storage buffers of a device: what `Gpu` allocates, writes and frees. */
export class BufferStore {
  readonly #device: GPUDevice;
  readonly #faults: Faults;
  readonly #buffers = new Set<GPUBuffer>();
  #allocatedBytes = 0;

  constructor(device: GPUDevice, faults: Faults) {
    this.#device = device;
    this.#faults = faults;
  }

  get allocatedBytes(): number {
    return this.#allocatedBytes;
  }

  allocate(size: number, label: string): BufferSlice {
    this.#faults.throwIfLost();
    if (!Number.isSafeInteger(size) || size <= 0 || size % 4 !== 0) {
      throw new RangeError(`${label}: a buffer takes a positive multiple of 4 bytes, not ${size}`);
    }
    const { maxBufferSize } = this.#device.limits;
    if (size > maxBufferSize)
      throw new GpuOutOfMemoryError(
        `${label}: ${mib(size)} is above this adapter's largest buffer, ${mib(maxBufferSize)}`,
      );
    this.#device.pushErrorScope("out-of-memory");
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = this.#device.createBuffer({ label, size, usage });
    const inUse = this.#allocatedBytes;
    void this.#device.popErrorScope().then(
      (error) => {
        if (error)
          this.#faults.report(
            new GpuOutOfMemoryError(`${label}: no room for ${mib(size)} beside the ${mib(inUse)} in use`),
          );
      },
      () => undefined,
    ); // Rejects only where the device is lost, which is told by itself.
    this.#buffers.add(buffer);
    this.#allocatedBytes += size;
    return { buffer, offset: 0, sizeBytes: size };
  }

  free({ buffer }: BufferSlice): void {
    if (!this.#buffers.delete(buffer)) return;
    this.#allocatedBytes -= buffer.size;
    buffer.destroy();
  }

  write({ buffer, offset, sizeBytes }: BufferSlice, data: ArrayBufferView<ArrayBuffer>): void {
    const bytes = Math.ceil(data.byteLength / 4) * 4;
    if (bytes > sizeBytes)
      throw new RangeError(
        `${data.byteLength} bytes do not fit the ${sizeBytes} of "${buffer.label}" (whole words are written)`,
      );
    if (bytes === data.byteLength) {
      this.#device.queue.writeBuffer(buffer, offset, data);
      return;
    }
    const padded = new Uint8Array(bytes);
    padded.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.#device.queue.writeBuffer(buffer, offset, padded);
  }

  destroy(): void {
    for (const buffer of this.#buffers) buffer.destroy();
    this.#buffers.clear();
    this.#allocatedBytes = 0;
  }
}
