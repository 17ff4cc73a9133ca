import type { RgbImage } from "../image.ts";
import { rgbImage } from "../image.ts";
import { inArena, type Arena } from "../simd/arena.ts";
import { checkBox, crop, type CropBox } from "./crop.ts";
import { triangleTaps, type Taps } from "./triangle-taps.ts";

/**
 * Resizes with Pillow's antialiased bilinear filter (Image.resize, BILINEAR), byte for byte: a triangle as wide as
 * the scale when shrinking, the horizontal pass first and rounded to bytes before the vertical one.
 * An image whose size does not change is left alone. Of the resized image only `box` is computed, so that one with a
 * side of millions costs no more than the part that is wanted.
 * Throws a RangeError unless the sizes are positive integers and the box lies inside.
 */
export function resize(
  image: RgbImage,
  width: number,
  height: number,
  box: CropBox = { top: 0, left: 0, width, height },
): RgbImage {
  const region = { top: 0, left: 0, width: image.width, height: image.height };
  return resizeRegion(image, { region, width, height, box });
}

/** A region of an image, which is resized as if there were nothing outside of it, and the part of the result that is wanted. */
export interface Resizing {
  readonly region: CropBox;
  /** Of the resized region. */
  readonly width: number;
  readonly height: number;
  /** Within the resized region. */
  readonly box: CropBox;
}

/** `resize` of a region of the image, outside of which nothing is seen. The region must lie in the image. */
export function resizeRegion(image: RgbImage, { region, width, height, box }: Resizing): RgbImage {
  checkBox(region, image);
  rgbImage(box.width, box.height);
  checkBox(box, { width, height });
  if (width === region.width && height === region.height) {
    const whole = box.width === image.width && box.height === image.height;
    return whole ? image : crop(image, { ...box, top: region.top + box.top, left: region.left + box.left });
  }
  return inArena((arena) => {
    const across = triangleTaps(arena, region.width, width, box.left, box.width);
    const down = triangleTaps(arena, region.height, height, box.top, box.height);
    // The rows that the box reads, and no other, go through the horizontal pass.
    const [first, rows] = [region.top + down.least, down.end - down.least];
    const rowBytes = box.width * 3;
    const between = arena.take((rows + 1) * rowBytes); // one more, which the last of an odd number of taps is paired with
    const source = placeRows(arena, image, first, rows) + region.left * 3;
    arena.code.resizeAcross(source, image.width * 3, rows, between, box.width, ...addressesOf(across));
    const out = arena.take(box.height * rowBytes);
    const top = between - down.least * rowBytes; // where the region's first row would be
    arena.code.resizeDown(top, rowBytes, out, box.height, ...addressesOf(down));
    return arena.imageAt(out, box);
  });
}

const addressesOf = ({ firsts, pairs, weights, weightStride }: Taps): [number, number, number, number] => [
  firsts,
  pairs,
  weights,
  weightStride,
];

/** The address of rows of an image. */
function placeRows(arena: Arena, { width, data }: RgbImage, first: number, rows: number): number {
  return arena.place(data.subarray(first * width * 3, (first + rows) * width * 3));
}
