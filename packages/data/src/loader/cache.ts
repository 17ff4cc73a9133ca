import type { RgbImage } from "../image.ts";

/**
 * Decoded images by file, held up to a number of bytes; may serve several loaders at once. It keeps what came first
 * and never evicts: an epoch visits every image once in random order, where evicting the oldest would drop images just
 * before they are wanted again. The pixels lie in shared memory, so that worker threads read them without a copy.
 */
export class ImageCache {
  readonly maxBytes: number;
  readonly #images = new Map<string, RgbImage>();
  #sizeBytes = 0;
  #full = false;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** True once an image has been turned away. */
  get full(): boolean {
    return this.#full;
  }

  get(file: string): RgbImage | undefined {
    return this.#images.get(file);
  }

  /** Takes the image if it is new and there is room for it. */
  offer(file: string, image: RgbImage): void {
    if (this.#images.has(file)) return;
    if (this.#sizeBytes + image.data.byteLength > this.maxBytes) {
      this.#full = true;
      return;
    }
    this.#images.set(file, image);
    this.#sizeBytes += image.data.byteLength;
  }
}
