import { checkImage, type RgbImage } from "../../raster/raster.ts";
import { downsampled, upsampled } from "./chroma.ts";
import { cornerOf, quantised, withRows, type Plane } from "./plane.ts";
import { quantisationTables } from "./tables.ts";

const upTo = (size: number, multiple: number): number => Math.ceil(size / multiple) * multiple;

/**
 * The image as Pillow's JPEG of a quality of 1 to 100 (4:2:0) gives it back, equal to libjpeg-turbo 2.1 in every byte;
 * the bits in between, which lose nothing, are not made. Throws a RangeError at another quality.
 */
export function jpegCompression(image: RgbImage, { quality }: { quality: number }): RgbImage {
  checkImage("jpeg_compression", image);
  const tables = quantisationTables(quality);
  const { width, height } = image;
  const [luma, blue, red] = componentsOf(image);
  const blocks = (plane: Plane): Plane => withRows(plane, upTo(plane.height, 8));
  const chroma = (plane: Plane): Plane => {
    const kept = quantised(blocks(downsampled(plane)), tables.chrominance);
    return upsampled(cornerOf(kept, Math.ceil(width / 2), Math.ceil(height / 2)));
  };
  return pictureOf(width, height, quantised(blocks(luma), tables.luminance), chroma(blue), chroma(red));
}

/** Y, Cb, Cr, completed to a multiple of 16 columns and of 2 rows by repeating the last (libjpeg's jccolor.c). */
function componentsOf({ width, height, data }: RgbImage): [Plane, Plane, Plane] {
  const [columns, rows] = [upTo(width, 16), upTo(height, 2)];
  const plane = (): Plane => ({ width: columns, height: rows, data: new Uint8Array(columns * rows) });
  const [luma, blue, red] = [plane(), plane(), plane()];
  let target = 0;
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1, target += 1) {
      const source = (Math.min(y, height - 1) * width + Math.min(x, width - 1)) * 3;
      const r = data[source]!;
      const g = data[source + 1]!;
      const b = data[source + 2]!;
      luma.data[target] = (19595 * r + 38470 * g + 7471 * b + 32768) >> 16;
      blue.data[target] = (-11059 * r - 21709 * g + 32768 * b + 8421375) >> 16;
      red.data[target] = (32768 * r - 27439 * g - 5329 * b + 8421375) >> 16;
    }
  }
  return [luma, blue, red];
}

/** R, G, B of planes that are at least of that size (libjpeg's jdcolor.c). */
function pictureOf(width: number, height: number, luma: Plane, blue: Plane, red: Plane): RgbImage {
  const out = new Uint8ClampedArray(width * height * 3);
  let target = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, target += 3) {
      const value = luma.data[y * luma.width + x]!;
      const cb = blue.data[y * blue.width + x]! - 128;
      const cr = red.data[y * red.width + x]! - 128;
      out[target] = value + ((91881 * cr + 32768) >> 16);
      out[target + 1] = value + ((-22554 * cb - 46802 * cr + 32768) >> 16);
      out[target + 2] = value + ((116130 * cb + 32768) >> 16);
    }
  }
  return { width, height, data: new Uint8Array(out.buffer) };
}
