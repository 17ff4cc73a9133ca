import { motionBlurred } from "../raster/motion.ts";
import { checkLength, checkSquare, mapUnit, truncatedBytes, type RgbImage } from "../raster/raster.ts";
import { clippedZoom } from "../raster/zoom.ts";

export interface Snow {
  /** Of the normal noise that flakes are made of. */
  readonly mean: number;
  readonly std: number;
  /** How much the noise is enlarged: the flakes' size. */
  readonly zoom: number;
  /** Noise below it is no flake. */
  readonly threshold: number;
  /** Of the motion blur by which flakes fall, pixels. */
  readonly radius: number;
  readonly sigma: number;
  /** The image's own share; the rest is whitened. */
  readonly blend: number;
}

/**
 * Blurred flakes over a whitened image, the layer and itself turned by 180 degrees. `normal`: [H, W] standard normals.
 * Throws a RangeError unless the image is square and the array fits it.
 */
export function snow(
  image: RgbImage,
  { mean, std, zoom, threshold, radius, sigma, blend }: Snow,
  { normal, angleDeg }: { readonly normal: ArrayLike<number>; readonly angleDeg: number },
): RgbImage {
  checkSquare("snow", image);
  const { width, height, data } = image;
  const count = width * height;
  checkLength("snow: normal", normal, count);
  const noise = Float64Array.from({ length: count }, (_, i) => mean + std * normal[i]!);
  const flakes = clippedZoom({ width, height, channels: 1, data: noise }, zoom).data;
  const bytes = truncatedBytes(flakes.map((value) => (value < threshold ? 0 : value)));
  const falling = motionBlurred({ width, height, channels: 1, data: bytes }, { radius, sigma, angleDeg }).data;
  return mapUnit(image, (x, i) => {
    const pixel = Math.floor(i / 3);
    const red = data[pixel * 3]! / 255;
    const green = data[pixel * 3 + 1]! / 255;
    const blue = data[pixel * 3 + 2]! / 255;
    const grey = 0.299 * red + 0.587 * green + 0.114 * blue;
    const whitened = blend * x + (1 - blend) * Math.max(x, grey * 1.5 + 0.5);
    return whitened + falling[pixel]! / 255 + falling[count - 1 - pixel]! / 255;
  });
}
