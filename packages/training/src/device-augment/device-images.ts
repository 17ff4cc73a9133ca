import { imageWords } from "@fledge/augment";
import type { ImageSize, RgbImage } from "@fledge/data";
import type { BufferSlice, Gpu } from "@fledge/runtime";
import { plainBytes } from "./plain-bytes.ts";

/** A buffer is as large as this, or as what is left of the budget. */
const BLOCK_BYTES = 256 * 2 ** 20;

/** An image on the device. */
interface DeviceImage {
  readonly size: ImageSize;
  readonly slice: BufferSlice;
}

/**
 * Decoded images by file that stay on the device, as many as a budget holds. As with `ImageCache`, those that came first
 * stay and none is evicted.
 */
export class DeviceImages {
  readonly #gpu: Gpu;
  readonly #maxBytes: number;
  readonly #images = new Map<string, DeviceImage>();
  readonly #blocks: BufferSlice[] = [];
  /** Of the latest block. */
  #used = 0;
  #full = false;

  constructor(gpu: Gpu, maxBytes: number) {
    this.#gpu = gpu;
    this.#maxBytes = maxBytes;
  }

  get count(): number {
    return this.#images.size;
  }

  /** Of device memory that is taken for images. */
  get sizeBytes(): number {
    return this.#blocks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  /** True once an image has been turned away. */
  get full(): boolean {
    return this.#full;
  }

  get(file: string): DeviceImage | undefined {
    return this.#images.get(file);
  }

  /** Takes the image if there is room for it, and says whether it is here now. */
  offer(file: string, image: RgbImage): boolean {
    if (this.#images.has(file)) return true;
    const bytes = 4 * imageWords(image);
    const block = this.#blockFor(bytes);
    if (block === undefined) {
      this.#full = true;
      return false;
    }
    const slice = { buffer: block.buffer, offset: this.#used, sizeBytes: bytes };
    this.#gpu.write(slice, plainBytes(image));
    this.#used += bytes;
    this.#images.set(file, { size: { width: image.width, height: image.height }, slice });
    return true;
  }

  #blockFor(bytes: number): BufferSlice | undefined {
    const latest = this.#blocks.at(-1);
    if (latest && this.#used + bytes <= latest.sizeBytes) return latest;
    const left = Math.floor((this.#maxBytes - this.sizeBytes) / 4) * 4;
    const size = Math.min(BLOCK_BYTES, left);
    if (bytes > size) return undefined;
    const block = this.#gpu.allocateBytes(size, "decoded images");
    this.#blocks.push(block);
    this.#used = 0;
    return block;
  }

  release(): void {
    for (const block of this.#blocks) this.#gpu.free(block);
    this.#blocks.length = 0;
    this.#images.clear();
  }
}
