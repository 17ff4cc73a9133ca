/** An image of 8-bit R, G, B pixels, row-major HWC without padding. Treated as immutable: corruptions return new ones. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Doubles, row-major [height, width, channels]. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Float64Array;
}

/** Throws a RangeError unless the sides are positive integers and there are three bytes a pixel. */
export function checkImage(what: string, { width, height, data }: RgbImage): void {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width >= 1 && height >= 1)) {
    throw new RangeError(`${what}: an image needs sides that are positive integers, got ${width} x ${height}`);
  }
  if (data.length !== width * height * 3) {
    throw new RangeError(
      `${what}: an RGB image of ${width} x ${height} has ${width * height * 3} bytes, got ${data.length}`,
    );
  }
}

/** Throws a RangeError, naming the corruption, unless the image is square: ImageNet-C's formula holds for no other. */
export function checkSquare(what: string, { width, height }: Pick<RgbImage, "width" | "height">): void {
  if (width !== height)
    throw new RangeError(`${what}: the image must be square, got ${width} x ${height}; crop it to a square first`);
}

/** Throws a RangeError, naming the corruption and the array, unless it has `length` elements. */
export function checkLength(what: string, array: ArrayLike<number>, length: number): void {
  if (array.length !== length) throw new RangeError(`${what} must have ${length} elements, got ${array.length}`);
}

/** The image as doubles, byte / 255. */
export function unitRaster({ width, height, data }: RgbImage): Raster {
  const values = new Float64Array(data.length);
  for (let i = 0; i < values.length; i += 1) values[i] = data[i]! / 255;
  return { width, height, channels: 3, data: values };
}

/** trunc(255 * clamp(value, 0, 1)) of every value: truncated, not rounded, as ImageNet-C's np.uint8 does it. */
export function truncatedBytes(values: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(values.length);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = Math.trunc(255 * Math.min(Math.max(values[i]!, 0), 1));
  return bytes;
}

/** A raster of three channels as an image: see `truncatedBytes`. */
export const truncatedImage = ({ width, height, data }: Raster): RgbImage => ({
  width,
  height,
  data: truncatedBytes(data),
});

/** An image whose value i is `value(x, i)` for x = byte / 255, truncated to bytes. */
export function mapUnit(image: RgbImage, value: (x: number, i: number) => number): RgbImage {
  const { width, height, data } = image;
  const out = new Float64Array(data.length);
  for (let i = 0; i < out.length; i += 1) out[i] = value(data[i]! / 255, i);
  return { width, height, data: truncatedBytes(out) };
}
