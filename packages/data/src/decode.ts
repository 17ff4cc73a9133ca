import { readFile, stat } from "node:fs/promises";
import type { Metadata, Sharp, SharpOptions } from "sharp";
import sharp from "sharp";
import { DataError } from "./error.ts";
import { kindOf } from "./file-kind.ts";
import { systemPath } from "./file-name.ts";
import { isSystemFault, UnreadableError } from "./unreadable.ts";
import type { RgbImage } from "./image.ts";

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

async function readImage(file: string): Promise<OpenImage> {
  const found = await stat(systemPath(file));
  if (!found.isFile()) throw new Error("it is no file"); // Reading a pipe would wait for ever.
  if (found.size > mostBytes) throw new Error(`its ${found.size} bytes are more than the ${mostBytes} that are read`);
  // Read by us: libvips takes square brackets in a path for its own options.
  const bytes = await readFile(systemPath(file));
  const kind = kindOf(bytes);
  if (!formats.has(kind)) {
    throw new Error(`unsupported image format (${kind ?? "no kind of file that is known"}); give JPEG, PNG or WebP`);
  }
  const header = await sharp(bytes, sharpOptionsFor(bytes)).metadata();
  const { width, height } = header;
  if (width * height > mostPixels) {
    throw new Error(`its ${width} x ${height} pixels are more than the ${mostPixels} that are decoded; scale it down`);
  }
  if (Math.max(width, height) > longestSide) {
    throw new Error(`a side of its ${width} x ${height} pixels is longer than ${longestSide}; scale it down or cut it`);
  }
  return { bytes, header };
}

function refused(file: string, error: unknown): DataError {
  const said = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, " ").trim().slice(0, 200);
  // What libvips says where a decoder stopped without a word.
  const reason = /^(unknown error)?$/i.test(said) ? "its data are damaged or end early" : said;
  return new DataError({ file }, `this image cannot be decoded: ${reason}`, "Replace the file or remove it", error);
}

/**
 * Hands an image file to `use`: whoever looks into an image comes through here, so that all take and refuse the same.
 * Throws UnreadableError where the system does not let it be read, DataError, naming the file, when it is of another format than JPEG, PNG and WebP, has too many
 * pixels, or `use` fails.
 */
export async function withImage<T>(file: string, use: (image: OpenImage) => T | Promise<T>): Promise<T> {
  try {
    return await use(await readImage(file));
  } catch (error) {
    // The system's fault is not the image's: one that cannot be read now must not be set aside.
    if (isSystemFault(error)) throw new UnreadableError(file, error);
    throw refused(file, error);
  }
}

/**
 * Decodes an image file to what Pillow's `Image.open(file).convert("RGB")` gives: the embedded colour profile and the
 * EXIF orientation are not applied, alpha is dropped, CMYK is converted without a profile. The package's README lists
 * the formats measured and the differences that remain.
 * Throws DataError, naming the file, when `withImage` refuses it or it cannot be decoded whole.
 */
export function decodeRgb(file: string): Promise<RgbImage> {
  return withImage(file, ({ bytes, header }) => {
    const image = sharp(bytes, sharpOptionsFor(bytes));
    return header.space === "cmyk" ? decodeCmyk(image) : decodePlain(image);
  });
}

async function decodePlain(image: Sharp): Promise<RgbImage> {
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
