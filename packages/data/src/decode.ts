import { readFile, stat } from "node:fs/promises";
import type { Metadata, Sharp, SharpOptions } from "sharp";
import sharp from "sharp";
import { DataError } from "./error.ts";
import { kindOf } from "./file-kind.ts";
import { systemPath } from "./file-name.ts";
import type { RgbImage } from "./image.ts";
import { decodePlain } from "./jpeg/decode-plain.ts";
import { plainJpeg } from "./jpeg/plain-header.ts";
import { inArena } from "./simd/arena.ts";
import type { CropBox } from "./transforms/crop.ts";

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
  // `openImage` has a bound of its own, whose message has the image's size.
  limitInputPixels: false,
});

/** An image file's bytes, of a format and size that are decoded, and what its header says. */
export interface OpenImage {
  readonly bytes: Buffer;
  readonly header: Metadata;
}

/** The bytes of a file of a format that is decoded. */
async function readBytes(file: string): Promise<Buffer> {
  const found = await stat(systemPath(file));
  if (!found.isFile()) throw new Error("it is no file"); // Reading a pipe would wait for ever.
  if (found.size > mostBytes) throw new Error(`its ${found.size} bytes are more than the ${mostBytes} that are read`);
  // Read by us: libvips takes square brackets in a path for its own options.
  const bytes = await readFile(systemPath(file));
  const kind = kindOf(bytes);
  if (!formats.has(kind)) {
    throw new Error(`unsupported image format (${kind ?? "no kind of file that is known"}); give JPEG, PNG or WebP`);
  }
  return bytes;
}

/** Throws where an image of this size is not decoded. */
function checkSize({ width, height }: Pick<RgbImage, "width" | "height">): void {
  if (width * height > mostPixels) {
    throw new Error(`its ${width} x ${height} pixels are more than the ${mostPixels} that are decoded; scale it down`);
  }
  if (Math.max(width, height) > longestSide) {
    throw new Error(`a side of its ${width} x ${height} pixels is longer than ${longestSide}; scale it down or cut it`);
  }
}

async function readHeader(bytes: Buffer): Promise<Metadata> {
  const header = await sharp(bytes, sharpOptionsFor(bytes)).metadata();
  checkSize(header);
  return header;
}

const systemFaults: ReadonlySet<string> = new Set(["EMFILE", "ENFILE", "ENOMEM", "EIO", "ESTALE", "EINTR"]);

function refused(file: string, error: unknown): DataError {
  const said = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, " ").trim().slice(0, 200);
  // What libvips says where a decoder stopped without a word.
  const reason = /^(unknown error)?$/i.test(said) ? "its data are damaged or end early" : said;
  return new DataError({ file }, `this image cannot be decoded: ${reason}`, "Replace the file or remove it", error);
}

/** What `work` gives. Throws DataError, naming the file, where it fails. */
async function orRefused<T>(file: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // The system's fault is not the image's: one that cannot be read now must not be set aside.
    if (systemFaults.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    throw refused(file, error);
  }
}

/**
 * Hands an image file to `use`: whoever looks into an image comes through here, so that all take and refuse the same.
 * Throws DataError, naming the file, when it cannot be read, is of another format than JPEG, PNG and WebP, has too many
 * pixels, or `use` fails.
 */
export function withImage<T>(file: string, use: (image: OpenImage) => T | Promise<T>): Promise<T> {
  return orRefused(file, async () => {
    const bytes = await readBytes(file);
    return use({ bytes, header: await readHeader(bytes) });
  });
}

const irregular = Symbol("irregular");

/** Of an image of this size, the only pixels that are wanted. */
export type WantedPart = (size: Pick<RgbImage, "width" | "height">) => CropBox;

/**
 * Decodes an image file to what Pillow's `Image.open(file).convert("RGB")` gives: the embedded colour profile and the
 * EXIF orientation are not applied, alpha is dropped, CMYK is converted without a profile. The package's README lists
 * the formats measured and the differences that remain.
 * Throws DataError, naming the file, when `withImage` refuses it or it cannot be decoded whole.
 */
export function decodeRgb(file: string): Promise<RgbImage> {
  return withDecoded(file, (image) => image);
}

/**
 * Hands a decoded image to `use`, which must be done with its pixels when it returns: they may lie in the arena, and an
 * image that it returns is copied. With `part`, pixels outside of it may be anything.
 * Throws as `decodeRgb` does, and what `use` throws.
 */
export async function withDecoded<T>(file: string, use: (image: RgbImage) => T, part?: WantedPart): Promise<T> {
  const bytes = await orRefused(file, () => readBytes(file));
  const jpeg = plainJpeg(bytes);
  if (jpeg) {
    await orRefused(file, () => checkSize(jpeg));
    const used = inArena((arena) => {
      const image = decodePlain(arena, bytes, jpeg, part?.(jpeg));
      return image ? use(image) : irregular;
    });
    if (used !== irregular) return used;
  }
  // What is rarer, and what is damaged: libvips decodes, bears or refuses it.
  const image = await orRefused(file, () => decodeByLibvips(bytes));
  return inArena(() => use(image));
}

async function decodeByLibvips(bytes: Buffer): Promise<RgbImage> {
  const { space } = await readHeader(bytes);
  const image = sharp(bytes, sharpOptionsFor(bytes));
  return space === "cmyk" ? decodeCmyk(image) : decodeColours(image);
}

async function decodeColours(image: Sharp): Promise<RgbImage> {
  const pipeline = image.removeAlpha().toColourspace("srgb").raw();
  const { data, info } = await pipeline.toBuffer({ resolveWithObject: true });
  // A plain Uint8Array: Buffer's `slice` would alias the pixels where Uint8Array's copies them.
  const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { width: info.width, height: info.height, data: pixels };
}

/** Pillow's cmyk2rgb (libImaging/Convert.c): each channel is (255 - k) - ink * (255 - k) / 255, rounded. */
async function decodeCmyk(image: Sharp): Promise<RgbImage> {
  const pipeline = image.pipelineColourspace("cmyk").toColourspace("cmyk").raw();
  const { data: inks, info } = await pipeline.toBuffer({ resolveWithObject: true });
  const data = new Uint8Array(info.width * info.height * 3);
  for (let from = 0, to = 0; to < data.length; from += info.channels) {
    const light = 255 - (inks[from + 3] as number);
    for (let ink = from; ink < from + 3; ink++) {
      const product = (inks[ink] as number) * light + 128;
      data[to++] = light - (((product >> 8) + product) >> 8);
    }
  }
  return { width: info.width, height: info.height, data };
}
