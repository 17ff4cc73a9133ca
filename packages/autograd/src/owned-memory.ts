import type { BufferSlice, Gpu } from "@fledge/runtime";

/** Buffers that belong to one program and go with it. */
export class OwnedMemory {
  readonly #gpu: Gpu;
  readonly #slices: BufferSlice[] = [];
  #released = false;

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
  }

  get released(): boolean {
    return this.#released;
  }

  allocate(bytes: number, label: string): BufferSlice {
    const slice = this.#gpu.allocateBytes(bytes, label);
    this.#slices.push(slice);
    return slice;
  }

  /** Frees all; work that is already submitted still runs to its end. */
  release(): void {
    this.#released = true;
    for (const slice of this.#slices) this.#gpu.free(slice);
  }
}
