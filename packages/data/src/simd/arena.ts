import type { RgbImage } from "../image.ts";
import { startPixelCode, type PixelCode, type PixelMemory } from "./pixel-code.ts";

const PAGE = 2 ** 16;
/** What the code may read and write past an end; each piece has as much to spare. */
const SLACK = 64;
/** A memory never shrinks: one that a large image made larger than this is given up after it. */
const KEPT_BYTES = 2 ** 26;

/**
 * The memory that the pixel code works in: pieces are taken one after another, and all are free again when the work they
 * were taken for is done. It is shared memory so that views of it outlive its growth; no other thread sees it.
 */
export class Arena {
  readonly code: PixelCode;
  readonly #memory: PixelMemory;
  /** The memory's buffer, a new one each time that it grew. */
  readonly #buffers = new WeakSet<ArrayBufferLike>();
  #latest: ArrayBufferLike | undefined;
  readonly #start: number;
  #next: number;

  constructor() {
    const { code, memory } = startPixelCode();
    this.code = code;
    this.#memory = memory;
    this.#start = code.firstFree();
    this.#next = this.#start;
  }

  get sizeBytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** The address of a new piece, a multiple of 64, whose bytes may be anything. */
  take(bytes: number): number {
    const at = this.#next;
    this.#next = Math.ceil((at + bytes + SLACK) / SLACK) * SLACK;
    const missing = this.#next - this.sizeBytes;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    return at;
  }

  bytesAt(address: number, length: number): Uint8Array {
    const { buffer } = this.#memory;
    if (buffer !== this.#latest) this.#buffers.add((this.#latest = buffer));
    return new Uint8Array(buffer, address, length);
  }

  /** A new piece of 32-bit numbers, which may be anything. */
  words(length: number): { readonly address: number; readonly words: Int32Array } {
    const address = this.take(length * 4);
    return { address, words: new Int32Array(this.#memory.buffer, address, length) };
  }

  /** The address of bytes that lie here, or of a copy. */
  place(bytes: Uint8Array): number {
    if (this.holds(bytes)) return bytes.byteOffset;
    const at = this.take(bytes.length);
    this.bytesAt(at, bytes.length).set(bytes);
    return at;
  }

  holds(bytes: Uint8Array): boolean {
    return bytes.buffer === this.#latest || this.#buffers.has(bytes.buffer);
  }

  imageAt(address: number, { width, height }: Pick<RgbImage, "width" | "height">): RgbImage {
    return { width, height, data: this.bytesAt(address, width * height * 3) };
  }

  freeAll(): void {
    this.#next = this.#start;
  }
}

let arena: Arena | undefined;
let depth = 0;

/**
 * Runs `work`, in which the images that pixel code makes lie in the arena, so that one operation after another needs no
 * copy. They are gone when the outermost work is done: what is to stay, it copies, but for an image that it returns,
 * which is copied here.
 */
export function inArena<T>(work: (arena: Arena) => T): T {
  arena ??= new Arena();
  depth += 1;
  try {
    const result = work(arena);
    if (depth > 1 || !isImage(result) || !arena.holds(result.data)) return result;
    return { ...result, data: result.data.slice() };
  } finally {
    depth -= 1;
    if (depth === 0) {
      arena.freeAll();
      if (arena.sizeBytes > KEPT_BYTES) arena = undefined;
    }
  }
}

const isImage = (value: unknown): value is RgbImage =>
  typeof value === "object" && value !== null && "data" in value && value.data instanceof Uint8Array;

/** A new image of the same size: `work` fills it, from one address to the other. */
export function transformed(
  image: RgbImage,
  work: (code: PixelCode, from: number, to: number, arena: Arena) => void,
): RgbImage {
  return inArena((room) => {
    const from = room.place(image.data);
    const to = room.take(image.data.length);
    work(room.code, from, to, room);
    return room.imageAt(to, image);
  });
}
