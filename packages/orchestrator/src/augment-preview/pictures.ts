import { encodeGrid, randAugment, resizeCenterCrop, type RandAugmentOptions, type RgbImage } from "@fledge/data";
import { random } from "@fledge/random";
import { onlyOperation, type OperationRow } from "./magnitudes.ts";

/** Side of a picture in pixels, and pixels between them. */
export const pictureSide = 96;
export const pictureGap = 4;

/**
 * An operation at every magnitude, from left to right, on every image, from top to bottom; a JPEG. What is drawn beside
 * the magnitude, as a sign, is drawn for the image: all its magnitudes have the same.
 */
export function rowPicture(
  images: readonly RgbImage[],
  { name, magnitudes }: OperationRow,
  options: RandAugmentOptions,
  order: "before-crop" | "after-crop",
  seed: number,
): Promise<Buffer> {
  const crop = (image: RgbImage): RgbImage => resizeCenterCrop(image, pictureSide, pictureSide);
  const pictures = images.flatMap((image, index) =>
    magnitudes.map((magnitude) => {
      const augment = randAugment(onlyOperation(options, name, magnitude));
      const draw = random(seed, "augment preview", index);
      return order === "before-crop" ? crop(augment(image, draw)) : augment(crop(image), draw);
    }),
  );
  return encodeGrid(pictures, { columns: magnitudes.length, gap: pictureGap, format: "jpeg" });
}
