import type { ImageSize, RgbImage } from "../image.ts";
import { resize, resizeRegion, type Resizing } from "./resize.ts";
import { roundHalfEven } from "./rounding.ts";

/**
 * torchvision's Resize(shorterSide) and CenterCrop(side): the shorter side becomes `shorterSide`, the longer one
 * trunc(shorterSide * long / short); then the central side x side pixels. Throws a RangeError if side > shorterSide.
 */
export function resizeCenterCrop(image: RgbImage, shorterSide: number, side: number): RgbImage {
  return resizeRegion(image, centerCropResizing(image, shorterSide, side));
}

/** Where `resizeCenterCrop` takes what it shows of an image of this size. Throws as that does. */
export function centerCropResizing(image: ImageSize, shorterSide: number, side: number): Resizing {
  if (!(side <= shorterSide)) {
    throw new RangeError(`resizeCenterCrop: a crop of ${side} does not fit a shorter side of ${shorterSide}`);
  }
  const { width, height } = sizeByShorterSide(image, shorterSide);
  const top = roundHalfEven((height - side) / 2);
  const left = roundHalfEven((width - side) / 2);
  const region = { top: 0, left: 0, width: image.width, height: image.height };
  return { region, width, height, box: { top, left, height: side, width: side } };
}

/** torchvision's Resize(shorterSide): the longer side becomes trunc(shorterSide * long / short). */
export function resizeShorterSide(image: RgbImage, shorterSide: number): RgbImage {
  const { width, height } = sizeByShorterSide(image, shorterSide);
  return resize(image, width, height);
}

function sizeByShorterSide(image: ImageSize, shorterSide: number): ImageSize {
  const short = Math.min(image.width, image.height);
  const long = Math.max(image.width, image.height);
  const longerSide = Math.trunc((shorterSide * long) / short);
  return image.width <= image.height
    ? { width: shorterSide, height: longerSide }
    : { width: longerSide, height: shorterSide };
}
