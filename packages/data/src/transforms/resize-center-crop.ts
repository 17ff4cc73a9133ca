import type { RgbImage } from "../image.ts";
import { resize } from "./resize.ts";
import { roundHalfEven } from "./rounding.ts";

/**
 * torchvision's Resize(shorterSide) and CenterCrop(side): the shorter side becomes `shorterSide`, the longer one
 * trunc(shorterSide * long / short); then the central side x side pixels. Throws a RangeError if side > shorterSide.
 */
export function resizeCenterCrop(image: RgbImage, shorterSide: number, side: number): RgbImage {
  if (!(side <= shorterSide)) {
    throw new RangeError(`resizeCenterCrop: a crop of ${side} does not fit a shorter side of ${shorterSide}`);
  }
  const { width, height } = sizeByShorterSide(image, shorterSide);
  const top = roundHalfEven((height - side) / 2);
  const left = roundHalfEven((width - side) / 2);
  return resize(image, width, height, { top, left, height: side, width: side });
}

/** torchvision's Resize(shorterSide): the longer side becomes trunc(shorterSide * long / short). */
export function resizeShorterSide(image: RgbImage, shorterSide: number): RgbImage {
  const { width, height } = sizeByShorterSide(image, shorterSide);
  return resize(image, width, height);
}

function sizeByShorterSide(image: RgbImage, shorterSide: number): { width: number; height: number } {
  const short = Math.min(image.width, image.height);
  const long = Math.max(image.width, image.height);
  const longerSide = Math.trunc((shorterSide * long) / short);
  return image.width <= image.height
    ? { width: shorterSide, height: longerSide }
    : { width: longerSide, height: shorterSide };
}
