const slabBytes = 65536;

const keyOf = (bytes: ArrayBuffer): string => new Uint32Array(bytes).join(",");

/**
 * Read-only uniform blocks, packed into few buffers; equal contents share one slice. Blocks stay until the device
 * closes: a program has a few dozen different ones, of at most 256 bytes each with the padding between them.
 */
export class UniformPool {
  readonly #device: GPUDevice;
  readonly #slices = new Map<string, GPUBufferBinding>();
  readonly #slabs: GPUBuffer[] = [];
  #used = slabBytes;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  slice(contents: ArrayBuffer): GPUBufferBinding {
    const key = keyOf(contents);
    let slice = this.#slices.get(key);
    if (!slice) {
      const alignment = this.#device.limits.minUniformBufferOffsetAlignment;
      if (this.#used + contents.byteLength > slabBytes) {
        const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
        this.#slabs.push(this.#device.createBuffer({ label: "uniforms", size: slabBytes, usage }));
        this.#used = 0;
      }
      const buffer = this.#slabs.at(-1)!;
      this.#device.queue.writeBuffer(buffer, this.#used, contents);
      slice = { buffer, offset: this.#used, size: contents.byteLength };
      this.#used += Math.ceil(contents.byteLength / alignment) * alignment;
      this.#slices.set(key, slice);
    }
    return slice;
  }

  destroy(): void {
    for (const slab of this.#slabs) slab.destroy();
  }
}
