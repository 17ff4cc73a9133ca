import sharp from "sharp";
import { sharpOptionsFor, withImage } from "./image-file.ts";
import type { RgbImage } from "./image.ts";

export interface GridOptions {
  readonly columns: number;
  /** Pixels between the images. */
  readonly gap: number;
  /** "png" if absent; "jpeg" for many photographs on one page. */
  readonly format?: "png" | "jpeg";
}

/** Lays images of one size out in rows and encodes them as one picture, white between them. */
export async function encodeGrid(
  images: readonly RgbImage[],
  { columns, gap, format = "png" }: GridOptions,
): Promise<Buffer> {
  const [first] = images;
  if (!first) throw new RangeError("encodeGrid: there is no image to show");
  const { width, height } = first;
  const odd = images.findIndex((image) => image.width !== width || image.height !== height);
  if (odd > 0) throw new RangeError(`encodeGrid: image ${odd} is not ${width} x ${height} like the first`);
  const rows = Math.ceil(images.length / columns);
  const size = (count: number, side: number): number => count * side + (count + 1) * gap;
  const canvas = {
    width: size(columns, width),
    height: size(rows, height),
    channels: 3 as const,
    background: "#ffffff",
  };
  const layers = images.map((image, index) => ({
    input: Buffer.from(image.data),
    raw: { width, height, channels: 3 as const },
    left: gap + (index % columns) * (width + gap),
    top: gap + Math.floor(index / columns) * (height + gap),
  }));
  const picture = sharp({ create: canvas }).composite(layers);
  return (format === "png" ? picture.png() : picture.jpeg({ quality: 85 })).toBuffer();
}

/** An image file as a JPEG of at most `side` pixels a side, to be shown. Throws DataError where it cannot be decoded. */
export const encodeThumbnail = (file: string, side: number): Promise<Buffer> =>
  withImage(file, ({ bytes }) =>
    sharp(bytes, sharpOptionsFor(bytes))
      .flatten({ background: "#ffffff" })
      .toColourspace("srgb")
      .resize(side, side, { fit: "inside", withoutEnlargement: true })
      .jpeg({ quality: 75 })
      .toBuffer(),
  );
