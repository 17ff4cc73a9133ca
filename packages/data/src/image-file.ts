import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import type { Metadata, SharpOptions } from "sharp";
import sharp from "sharp";
import { DataError } from "./error.ts";
import { kindOf } from "./file-kind.ts";
import { systemPath } from "./file-name.ts";
import type { Arena } from "./simd/arena.ts";
import { isSystemFault, UnreadableError } from "./unreadable.ts";

// One image per thread at a time: the loader's workers are the parallelism, and every image is decoded once.
sharp.concurrency(1);
sharp.cache(false);

/** The formats whose pixels are held against Pillow's; of any other, nothing says what it decodes to. */
const formats: ReadonlySet<string | undefined> = new Set(["a JPEG image", "a PNG image", "a WebP image"]);

/** Four times what a camera of 2^24 pixels takes, and 192 MiB as RGB bytes: four are decoded at once. */
const mostPixels = 2 ** 26;

/** Beyond twice this, Pillow's rotations and shears leave their fixed point, and ours refuse the image. */
const longestSide = 2 ** 14;

/** More than `mostPixels` need at 8 bits, uncompressed. */
const mostBytes = 2 ** 28;

/** How everything here opens an image. */
export const sharpOptionsFor = (bytes: Buffer): SharpOptions => ({
  ignoreIcc: true,
  // "truncated": as Pillow, refuse a file that ends early, bear with what libjpeg merely warns of. Only from "error" on
  // are a PNG's checksums looked at.
  failOn: kindOf(bytes) === "a PNG image" ? "error" : "truncated",
  // `checkSize` has a bound of its own, whose message has the image's size.
  limitInputPixels: false,
});

/** An image file's bytes, of a format and size that are decoded, and what its header says. */
export interface OpenImage {
  readonly bytes: Buffer;
  readonly header: Metadata;
}

function checkFile(found: Stats): void {
  if (!found.isFile()) throw new Error("it is no file"); // Reading a pipe would wait for ever.
  if (found.size > mostBytes) throw new Error(`its ${found.size} bytes are more than the ${mostBytes} that are read`);
}

function checkFormat(bytes: Uint8Array): void {
  const kind = kindOf(bytes);
  if (formats.has(kind)) return;
  throw new Error(`unsupported image format (${kind ?? "no kind of file that is known"}); give JPEG, PNG or WebP`);
}

/** Throws where an image of this size is not decoded. */
export function checkSize({ width, height }: { readonly width: number; readonly height: number }): void {
  if (width * height > mostPixels) {
    throw new Error(`its ${width} x ${height} pixels are more than the ${mostPixels} that are decoded; scale it down`);
  }
  if (Math.max(width, height) > longestSide) {
    throw new Error(`a side of its ${width} x ${height} pixels is longer than ${longestSide}; scale it down or cut it`);
  }
}

/**
 * The bytes of a file of a format that is decoded, in the arena. Read without waiting: the thread that decodes has nothing
 * else to do meanwhile, and promises, buffers and their collection took a fifth of a photograph's time.
 */
export function readBytes(arena: Arena, file: string): Uint8Array {
  // Opening a pipe would wait for ever without the flag, which means nothing to a file.
  const opened = openSync(systemPath(file), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = fstatSync(opened);
    checkFile(found);
    const bytes = arena.bytesAt(arena.take(found.size), found.size);
    let length = 0;
    for (let more = -1; more !== 0 && length < found.size; length += more)
      more = readSync(opened, bytes, { offset: length });
    const read = bytes.subarray(0, length);
    checkFormat(read);
    return read;
  } finally {
    closeSync(opened);
  }
}

/** What an image's header says. Throws where it is not decoded. */
export async function readHeader(bytes: Buffer): Promise<Metadata> {
  const header = await sharp(bytes, sharpOptionsFor(bytes)).metadata();
  checkSize(header);
  return header;
}

/** What to throw where an image file led to an error: the DataError that names it, an UnreadableError where the fault is the system's. */
export function refusal(file: string, error: unknown): DataError {
  // The system's fault is not the image's: one that cannot be read now must not be set aside.
  if (isSystemFault(error)) return new UnreadableError(file, error);
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR")
    return new DataError({ file }, "there is no such file", "Put it back, or name another", error);
  const said = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, " ").trim().slice(0, 200);
  // What libvips says where a decoder stopped without a word.
  const reason = /^(unknown error)?$/i.test(said) ? "its data are damaged or end early" : said;
  return new DataError({ file }, `this image cannot be decoded: ${reason}`, "Replace the file or remove it", error);
}

/**
 * Hands an image file to `use`: whoever looks into an image by libvips comes through here, so that all take and refuse the
 * same. Throws UnreadableError where the system does not let it be read, DataError, naming the file, when it is of another
 * format than JPEG, PNG and WebP, has too many pixels, or `use` fails.
 */
export async function withImage<T>(file: string, use: (image: OpenImage) => T | Promise<T>): Promise<T> {
  try {
    const path = systemPath(file);
    checkFile(await stat(path));
    // Read by us: libvips takes square brackets in a path for its own options.
    const bytes = await readFile(path);
    checkFormat(bytes);
    return await use({ bytes, header: await readHeader(bytes) });
  } catch (error) {
    throw refusal(file, error);
  }
}
