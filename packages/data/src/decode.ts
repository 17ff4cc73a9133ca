import { readFile } from "node:fs/promises";
import type { Sharp } from "sharp";
import sharp from "sharp";
import { DataError } from "./error.ts";
import type { RgbImage } from "./image.ts";

// One image per thread at a time: the loader's workers are the parallelism, and every image is decoded once.
sharp.concurrency(1);
sharp.cache(false);

/**
 * Decodes an image file to what Pillow's `Image.open(file).convert("RGB")` gives: the embedded colour profile and the
 * EXIF orientation are not applied, alpha is dropped, CMYK is converted without a profile. The package's README lists
 * the formats measured and the differences that remain.
 * Throws DataError, naming the file, when it cannot be read or decoded whole.
 */
export async function decodeRgb(file: string): Promise<RgbImage> {
  try {
    // Read by us: libvips takes square brackets in a path for its own options.
    const bytes = await readFile(file);
    // "truncated": as Pillow, refuse a file that ends early, bear with what libjpeg merely warns of. Only from "error" on
    // are a PNG's checksums looked at.
    const isPng = bytes.subarray(1, 4).toString("latin1") === "PNG";
    const image = sharp(bytes, { ignoreIcc: true, failOn: isPng ? "error" : "truncated" });
    const { space } = await image.metadata();
    return await (space === "cmyk" ? decodeCmyk(image) : decodePlain(image));
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split("\n")[0];
    throw new DataError({ file }, `this image cannot be decoded: ${reason}`, "Replace the file or remove it", error);
  }
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
