/** An image of 8-bit R, G, B pixels, row-major HWC without padding. Treated as immutable: operations return new ones. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** The size of an image, in pixels. */
export type ImageSize = Pick<RgbImage, "width" | "height">;

/** A colour: R, G, B in 0..255. */
export type Rgb = readonly [number, number, number];

/**
 * An image of the given size over `data` (not copied), or a black one without it.
 * Throws a RangeError unless the sides are positive integers and `data` has width * height * 3 bytes.
 */
export function rgbImage(width: number, height: number, data?: Uint8Array): RgbImage {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width >= 1 && height >= 1)) {
    throw new RangeError(`an image needs sides that are positive integers, got ${width} x ${height}`);
  }
  const sizeBytes = width * height * 3;
  if (data !== undefined && data.length !== sizeBytes) {
    throw new RangeError(`an RGB image of ${width} x ${height} has ${sizeBytes} bytes, got ${data.length}`);
  }
  return { width, height, data: data ?? new Uint8Array(sizeBytes) };
}

/** An image of one colour. Throws as `rgbImage` does. */
export function filledImage(width: number, height: number, [red, green, blue]: Rgb): RgbImage {
  const image = rgbImage(width, height);
  if (red === green && green === blue) {
    image.data.fill(red);
    return image;
  }
  for (let i = 0; i < image.data.length; i += 3) {
    image.data[i] = red;
    image.data[i + 1] = green;
    image.data[i + 2] = blue;
  }
  return image;
}
