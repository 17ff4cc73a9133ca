import type { Random } from "@fledge/random";
import type { RgbImage } from "../image.ts";
import type { CropBox } from "./crop.ts";
import { resizeRegion, type Resizing } from "./resize.ts";
import { roundHalfEven } from "./rounding.ts";

/** Crops first, so that nothing outside the box is seen, then resizes (torchvision's resized_crop, bilinear). */
export function resizedCrop(image: RgbImage, box: CropBox, width: number, height: number): RgbImage {
  return resizeRegion(image, boxResizing(box, width, height));
}

/** The whole of a box, resized. */
export const boxResizing = (region: CropBox, width: number, height: number): Resizing => ({
  region,
  width,
  height,
  box: { top: 0, left: 0, width, height },
});

export interface RandomResizedCropOptions {
  /** Least and greatest share of the image's area; the paper's is [0.08, 1]. */
  readonly scale?: readonly [number, number];
  /** Least and greatest width / height; the paper's is [3/4, 4/3]. */
  readonly ratio?: readonly [number, number];
}

const TRIES = 10;

/**
 * The box of torchvision's RandomResizedCrop.get_params: area uniform, aspect ratio uniform in its logarithm, sides
 * rounded half to even, position uniform; after ten boxes that do not fit, the largest centred box whose ratio is in
 * range. Throws a RangeError unless 0 < scale[0] <= scale[1] and 0 < ratio[0] <= ratio[1].
 */
export function randomResizedCropBox(
  random: Random,
  width: number,
  height: number,
  { scale = [0.08, 1], ratio = [3 / 4, 4 / 3] }: RandomResizedCropOptions = {},
): CropBox {
  checkRange("scale", scale);
  checkRange("ratio", ratio);
  const [leastLogRatio, greatestLogRatio] = [Math.log(ratio[0]), Math.log(ratio[1])];
  for (let i = 0; i < TRIES; i += 1) {
    const area = width * height * uniform(random, scale[0], scale[1]);
    const aspect = Math.exp(uniform(random, leastLogRatio, greatestLogRatio));
    const boxWidth = roundHalfEven(Math.sqrt(area * aspect));
    const boxHeight = roundHalfEven(Math.sqrt(area / aspect));
    if (boxWidth > 0 && boxWidth <= width && boxHeight > 0 && boxHeight <= height) {
      const top = random.integer(0, height - boxHeight + 1);
      const left = random.integer(0, width - boxWidth + 1);
      return { top, left, height: boxHeight, width: boxWidth };
    }
  }
  return centredBox(width, height, ratio);
}

function centredBox(width: number, height: number, [least, greatest]: readonly [number, number]): CropBox {
  const imageRatio = width / height;
  const boxWidth = imageRatio > greatest ? Math.max(1, roundHalfEven(height * greatest)) : width;
  const boxHeight = imageRatio < least ? Math.max(1, roundHalfEven(width / least)) : height;
  const [top, left] = [Math.floor((height - boxHeight) / 2), Math.floor((width - boxWidth) / 2)];
  return { top, left, height: boxHeight, width: boxWidth };
}

function uniform(random: Random, low: number, high: number): number {
  return low + (high - low) * random.float();
}

function checkRange(name: string, [low, high]: readonly [number, number]): void {
  if (!(low > 0 && low <= high && high < Infinity)) {
    throw new RangeError(`randomResizedCropBox: ${name} must be 0 < low <= high, got [${low}, ${high}]`);
  }
}
