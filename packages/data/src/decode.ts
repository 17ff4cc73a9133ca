import type { Sharp } from "sharp";
import sharp from "sharp";
import { checkSize, readBytes, readHeader, refusal, sharpOptionsFor, withImage, type OpenImage } from "./image-file.ts";
import type { RgbImage } from "./image.ts";
import { decodePlain } from "./jpeg/decode-plain.ts";
import { plainJpeg, type PlainJpeg } from "./jpeg/plain-header.ts";
import { inArena, type Arena } from "./simd/arena.ts";
import type { CropBox } from "./transforms/crop.ts";

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
  const done = inArena((arena) => {
    const { bytes, jpeg } = readPlain(arena, file);
    const image = jpeg && decodePlain(arena, bytes, jpeg, part?.(jpeg));
    return image ? use(image) : new LeftToLibvips(Buffer.from(bytes));
  });
  if (!(done instanceof LeftToLibvips)) return done;
  const { bytes } = done;
  let image: RgbImage;
  try {
    image = await decodeByLibvips({ bytes, header: await readHeader(bytes) });
  } catch (error) {
    throw refusal(file, error);
  }
  return inArena(() => use(image));
}

/** Decodes an image file on libuv's threads, and keeps nothing: throws as `decodeRgb` does. */
export async function checkDecodes(file: string): Promise<void> {
  await withImage(file, decodeByLibvips);
}

/** A file that is rarer, or damaged: libvips decodes, bears or refuses it. */
class LeftToLibvips {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

function readPlain(arena: Arena, file: string): { bytes: Uint8Array; jpeg: PlainJpeg | undefined } {
  try {
    const bytes = readBytes(arena, file);
    const jpeg = plainJpeg(bytes);
    if (jpeg) checkSize(jpeg);
    return { bytes, jpeg };
  } catch (error) {
    throw refusal(file, error);
  }
}

function decodeByLibvips({ bytes, header }: OpenImage): Promise<RgbImage> {
  const image = sharp(bytes, sharpOptionsFor(bytes));
  return header.space === "cmyk" ? decodeCmyk(image) : decodeColours(image);
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
